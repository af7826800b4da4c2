stateferry convert "${move[@]}" snapshots/2.3.0-inc
