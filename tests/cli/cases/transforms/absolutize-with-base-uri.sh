rules <<'E'
steps: [{id: absolute, uses: handle.absolutize, expect: {matched: ">=1"}}]
E
stateferry convert -r rules.yaml --base-uri s3://bucket-old/flink/heap/savepoint-170e42-ae3d9a68cb4a snapshots/2.3.0-heap/_metadata new
locations new
