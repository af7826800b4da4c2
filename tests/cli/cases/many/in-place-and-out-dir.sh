stateferry convert "${move[@]}" --in-place --out-dir moved snapshots/1.9.3-heap
