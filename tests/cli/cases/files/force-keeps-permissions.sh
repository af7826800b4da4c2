# The file is replaced, not written to, but its permissions stay.
echo precious >new
chmod 600 new
stateferry -q convert "${move[@]}" --force snapshots/2.3.0-inc new
stat -c %a new
