chmod 000 snapshots/2.3.0-inc
without_privileges stateferry convert "${move[@]}" snapshots/2.3.0-inc/_metadata new
code=$?
chmod 755 snapshots/2.3.0-inc
exit "$code"
