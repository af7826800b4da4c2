incremental_checkpoint
stateferry who old/shared --root old
