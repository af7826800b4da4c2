cp snapshots/2.3.0-inc/_metadata mine
stateferry convert "${move[@]}" --in-place --backup .before-move mine
ls -A
