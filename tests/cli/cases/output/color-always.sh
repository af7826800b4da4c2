stateferry --color always convert "${move[@]}" --diff --dry-run snapshots/1.9.3-heap | sed -n 1,4p | cat -v
stateferry --color always inspect nowhere 2>&1 | cat -v
