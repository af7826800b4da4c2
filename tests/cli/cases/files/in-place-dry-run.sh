cp snapshots/2.3.0-inc/_metadata mine
stateferry convert "${move[@]}" --in-place --dry-run mine
cmp mine snapshots/2.3.0-inc/_metadata && ls -A
