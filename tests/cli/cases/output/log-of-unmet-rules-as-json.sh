stateferry --log-format json convert -r samples/bucket-to-bucket.yaml snapshots/1.9.3-heap new 2>log
code=$?
while read -r line; do json .level .code <<<"$line"; done <log
exit "$code"
