stateferry -q convert "${move[@]}" snapshots/2.3.0-inc one
stateferry convert "${move[@]}" snapshots/2.3.0-inc two -q
cmp one two && echo "both work"
