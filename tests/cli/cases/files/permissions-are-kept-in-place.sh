cp snapshots/2.3.0-inc/_metadata mine
chmod 640 mine
stateferry -q convert "${move[@]}" --in-place mine
stat -c '%a %n' mine mine.bak
