stateferry convert "${move[@]}" nowhere/_metadata new
