mkdir new
echo precious >new/_metadata
stateferry convert "${move[@]}" snapshots/2.3.0-inc new
code=$?
cat new/_metadata
exit "$code"
