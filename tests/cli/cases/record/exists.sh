# A record that can't be written stops the run before it has written anything.
echo precious >record.json
stateferry convert "${move[@]}" --record record.json snapshots/2.3.0-inc new
code=$?
cat record.json
[[ -e new ]] || echo "nothing is written"
exit "$code"
