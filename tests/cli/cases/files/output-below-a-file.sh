stateferry convert "${move[@]}" snapshots/2.3.0-inc/_metadata snapshots/2.3.0-heap/_metadata/x
