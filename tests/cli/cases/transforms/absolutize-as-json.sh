rules <<'E'
steps: [{id: absolute, uses: handle.absolutize}]
E
stateferry convert -r rules.yaml --base-uri s3://bucket/savepoint-1 --json snapshots/2.3.0-heap new |
  json .changed .path .changed-locations .locations .steps.0.changed
