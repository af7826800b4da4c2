stateferry convert "${move[@]}" --jsonl snapshots/2.3.0-inc/_metadata new | tee document
wc -l <document
json .schema .written <document
