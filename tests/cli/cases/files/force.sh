echo precious >new
stateferry convert "${move[@]}" --force snapshots/2.3.0-inc new
locations new | wc -l
