stateferry convert "${move[@]}" - new </dev/null
