stateferry -q convert "${move[@]}" snapshots/2.3.0-inc/_metadata one
stateferry convert "${move[@]}" snapshots/2.3.0-inc/_metadata two -q
cmp one two && echo "both work"
