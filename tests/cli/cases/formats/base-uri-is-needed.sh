# A savepoint with relative handles, up to version 3 and down again.
stateferry convert --to 3 --for-flink 1.15 snapshots/1.9.3-heap/_metadata absolute
rules <<'R'
steps: []
output: {handles: relative}
R
stateferry convert -q -r rules.yaml --base-uri s3://bucket-old/flink/heap/savepoint-bddc6d-e113c123800c absolute relative
stateferry convert --for-flink 1.9 relative out
stateferry convert --for-flink 1.9 --base-uri s3://bucket-new/x relative out && locations out | sort -u | head -n 2
