stateferry convert "${move[@]}" --json --out-dir moved snapshots/1.9.3-heap nowhere >document
code=$?
json .schema .runs.0.written .runs.1.error.code <document
exit "$code"
