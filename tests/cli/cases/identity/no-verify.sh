stateferry convert "${move[@]}" --no-verify --no-sync snapshots/1.9.3-heap/_metadata new
