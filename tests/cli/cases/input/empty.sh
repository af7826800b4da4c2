: >in
stateferry convert "${move[@]}" in new
