export NO_COLOR=1
on_terminal stateferry convert "${move[@]}" --diff --dry-run snapshots/1.9.3-heap | count $'\e'
