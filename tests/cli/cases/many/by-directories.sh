stateferry convert "${move[@]}" --out-dir moved snapshots/1.9.3-heap snapshots/1.9.3-inc
find moved -type f | sort
