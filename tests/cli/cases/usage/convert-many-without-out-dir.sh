stateferry convert "${move[@]}" snapshots/2.3.0-inc snapshots/1.9.3-heap snapshots/1.9.3-inc
