stateferry -q convert "${move[@]}" snapshots/2.3.0-inc new
ls new
