incremental_checkpoint
stateferry move --dry-run --emit-rules rules.yaml old/chk-2 new
cat rules.yaml
ls
