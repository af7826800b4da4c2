{ cat snapshots/1.9.3-heap/_metadata && printf x; } >in
stateferry convert "${move[@]}" in new
