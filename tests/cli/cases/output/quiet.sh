stateferry -q convert "${move[@]}" snapshots/2.3.0-inc/_metadata new
ls new
