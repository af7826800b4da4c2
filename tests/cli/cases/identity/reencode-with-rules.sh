stateferry convert --reencode "${move[@]}" snapshots/2.3.0-merge-inc one
stateferry -q convert "${move[@]}" snapshots/2.3.0-merge-inc two
cmp one two && echo "the same bytes"
