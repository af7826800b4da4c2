mkdir "Zustände 状態"
cp snapshots/1.9.3-heap/_metadata "Zustände 状態/_metadata"
cp samples/bucket-to-bucket.yaml "Regeln ü.yaml"
stateferry convert -r "Regeln ü.yaml" --set from=s3://bucket-old --set to=s3://bucket-new --json "Zustände 状態" "neu ß" | json .input .output
