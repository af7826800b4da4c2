# What it prints is valid, passes its own tests, and moves the snapshot that it was made from; a second time it changes nothing.
for snapshot in snapshots/*; do
  stateferry rules init "$snapshot" s3://bucket-new/flink >first.yaml &&
    stateferry rules init "$snapshot" >asks.yaml &&
    stateferry rules check first.yaml asks.yaml >said &&
    stateferry rules test first.yaml asks.yaml >said || echo "not $snapshot"
  to=()
  if grep -q '^vars:' asks.yaml; then to=(--set to=s3://bucket-new/flink); fi
  stateferry -q convert -r first.yaml "$snapshot/_metadata" moved --force &&
    stateferry -q convert -r asks.yaml "${to[@]}" "$snapshot/_metadata" again --force && cmp moved again &&
    stateferry -q convert -r first.yaml moved again --force && cmp moved again || echo "not $snapshot"
  locations moved | grep -c bucket-old
done | sort | uniq -c | tr -s ' '
