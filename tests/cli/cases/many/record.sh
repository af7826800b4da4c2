stateferry convert "${move[@]}" --record record.json --out-dir moved snapshots/1.9.3-heap snapshots/2.3.0-heap
