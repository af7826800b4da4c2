stateferry convert "${move[@]}" --diff --dry-run snapshots/1.9.3-heap 2>&1 | count $'\e'
