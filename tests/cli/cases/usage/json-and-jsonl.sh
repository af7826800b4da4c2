stateferry convert "${move[@]}" --json --jsonl snapshots/2.3.0-inc new
