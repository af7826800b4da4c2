# A state file instead of _metadata.
echo "some bytes of state" >in
stateferry convert "${move[@]}" in new
