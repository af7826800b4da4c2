stateferry convert "${move[@]}" --json snapshots/2.3.0-inc/_metadata new | tee document
json <document
