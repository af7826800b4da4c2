ln -s nowhere link
stateferry convert "${move[@]}" snapshots/2.3.0-inc link
code=$?
ls -A
exit "$code"
