printf '\x49\x60\x67\x2d\0\0\0\0\0\0\0\0\0\0\0\x01' >in
stateferry convert "${move[@]}" in new
