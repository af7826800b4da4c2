# Nothing to change: the file is left alone, and there is no backup.
cp snapshots/2.3.0-heap/_metadata mine
touch -d 2020-01-01 mine
stateferry convert "${move[@]}" --in-place mine
stat -c %y mine | cut -c 1-10
ls -A
