stateferry convert "${move[@]}" --json --diff --dry-run snapshots/1.9.3-heap >document
json .changes.0 <document
json .changes <document | python3 -c 'import json, sys; print(len(json.load(sys.stdin)))'
