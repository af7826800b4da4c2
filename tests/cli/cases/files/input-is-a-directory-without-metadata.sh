stateferry convert "${move[@]}" samples new
