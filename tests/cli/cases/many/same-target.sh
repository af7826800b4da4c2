stateferry convert "${move[@]}" --out-dir moved snapshots/1.9.3-heap ../work/snapshots/1.9.3-heap snapshots/../snapshots/1.9.3-heap
