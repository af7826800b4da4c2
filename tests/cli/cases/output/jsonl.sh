stateferry convert "${move[@]}" --jsonl snapshots/2.3.0-inc new | tee document
wc -l <document
json .schema .written <document
