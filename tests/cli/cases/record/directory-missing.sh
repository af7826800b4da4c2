stateferry convert "${move[@]}" --record no/such/folder/record.json snapshots/2.3.0-inc new
code=$?
[[ -e new ]] || echo "nothing is written"
exit "$code"
