incremental_checkpoint
stateferry move -q --emit-rules rules.yaml old/chk-2 new
stateferry convert -q -r rules.yaml old/chk-2/_metadata converted
cmp converted new/chk-2/_metadata && echo "the same metadata"
