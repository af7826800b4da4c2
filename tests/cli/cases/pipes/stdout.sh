stateferry convert "${move[@]}" snapshots/2.3.0-inc/_metadata - >new
stateferry -q convert "${move[@]}" snapshots/2.3.0-inc/_metadata file
cmp new file && echo "the same bytes as in a file"
