stateferry -q convert "${move[@]}" --out-dir moved snapshots/1.9.3-heap snapshots/1.9.3-inc
stateferry convert "${move[@]}" --out-dir moved snapshots/1.9.3-heap snapshots/1.9.3-inc
