incremental_checkpoint
stateferry move old/chk-2 old/new
