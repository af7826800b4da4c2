stateferry convert "${move[@]}" --out-dir moved snapshots/*/_metadata
find moved -type f | sort
