stateferry convert "${move[@]}" --set banana snapshots/2.3.0-inc new
