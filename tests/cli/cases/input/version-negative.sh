printf '\x49\x60\x67\x2d\xff\xff\xff\xff' >in
stateferry convert "${move[@]}" in new
