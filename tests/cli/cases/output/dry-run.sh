stateferry convert "${move[@]}" --dry-run snapshots/2.3.0-inc
ls -A
