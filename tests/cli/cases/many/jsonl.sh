stateferry convert "${move[@]}" --jsonl --out-dir moved snapshots/1.9.3-heap nowhere | while read -r line; do json .input .written <<<"$line"; done
