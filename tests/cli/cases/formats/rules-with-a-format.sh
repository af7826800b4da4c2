# Steps first, then handles, then the format; files beside _metadata lie where the steps move it.
rules <<'R'
steps:
  - {id: move, uses: uri.replace-prefix, with: {from: "s3://bucket-old", to: "s3://bucket-new"}}
output: {flink: "1.20", handles: absolute, on-loss: report, untouched-uris: allow}
R
stateferry convert -r rules.yaml --base-uri s3://bucket-old/sp snapshots/2.3.0-heap/_metadata out 2>&1 | grep -v '^ ' | grep -v 'W-CAP'
locations out | sort -u | head -n 2
