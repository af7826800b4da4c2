# In place as elsewhere, as far as the user may give files away.
((EUID == 0)) || skip "only root can give files away"
cp snapshots/2.3.0-inc/_metadata mine
chown 4711:4712 mine
chmod 640 mine
stateferry -q convert "${move[@]}" --in-place mine
stateferry -q convert "${move[@]}" mine.bak new
stat -c '%u:%g %a %n' mine mine.bak new
chmod 777 .
cp -p mine.bak theirs
setpriv --bounding-set=-chown stateferry -q convert "${move[@]}" --in-place theirs
stat -c '%u:%g %a %n' theirs
