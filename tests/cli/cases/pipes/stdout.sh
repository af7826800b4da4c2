stateferry convert "${move[@]}" snapshots/2.3.0-inc - >new
stateferry -q convert "${move[@]}" snapshots/2.3.0-inc file
cmp new file && echo "the same bytes as in a file"
