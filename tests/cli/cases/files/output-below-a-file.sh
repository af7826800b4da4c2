stateferry convert "${move[@]}" snapshots/2.3.0-inc snapshots/2.3.0-heap/_metadata/x
