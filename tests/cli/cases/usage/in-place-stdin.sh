stateferry convert "${move[@]}" --in-place - <snapshots/2.3.0-inc/_metadata
