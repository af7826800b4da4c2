# The first can't be written, the second can.
stateferry convert --for-flink 1.10 --out-dir out --jsonl snapshots/2.3.0-merge-inc snapshots/1.9.3-heap 2>/dev/null >lines
echo $?
while read -r line; do json .written .conversion.class <<<"$line"; done <lines
