echo precious >new
stateferry convert "${move[@]}" snapshots/2.3.0-inc new
code=$?
cat new
exit "$code"
