stateferry convert "${move[@]}" --base-uri bucket/x snapshots/2.3.0-inc new
