printf '\xff\xd8\xff\xe0\0\x10JFIF\0' >in
stateferry convert "${move[@]}" in new
