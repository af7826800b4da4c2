rules <<'E'
steps:
  - {id: bucket, uses: uri.replace-prefix, with: {from: "s3://bucket-old", to: "s3://bucket-new"}}
  - {id: scheme, uses: uri.scheme, with: {from: s3, to: s3a}}
E
stateferry convert -r rules.yaml snapshots/1.9.3-heap/_metadata new
locations new | sed -n 1p
