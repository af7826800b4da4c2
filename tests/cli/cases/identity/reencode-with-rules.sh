stateferry convert --reencode "${move[@]}" snapshots/2.3.0-merge-inc/_metadata one
stateferry -q convert "${move[@]}" snapshots/2.3.0-merge-inc/_metadata two
cmp one two && echo "the same bytes"
