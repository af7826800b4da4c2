stateferry convert "${move[@]}" --backup .old snapshots/2.3.0-inc new
