incremental_checkpoint
stateferry move old/chk-2 new
diff <(contents old | grep -v _metadata) <(contents new | grep -v _metadata) && echo "same files"
rm -r old
stateferry verify --strict new/chk-2
stateferry move --json new/chk-2 third | json .files .copied .rewritten-locations .done-before
stateferry move --json new/chk-2 third | json .files .copied .done-before
ls "$HOME/.local/state/stateferry"
