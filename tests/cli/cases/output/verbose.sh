stateferry -v convert "${move[@]}" snapshots/2.3.0-inc/_metadata new
