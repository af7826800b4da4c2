rules <<'E'
steps:
  - id: deeper
    uses: uri.replace-prefix
    with: {from: "s3://bucket-old", to: "s3://bucket-old/moved"}
    accept: [nested-target]
E
stateferry convert -r rules.yaml snapshots/1.9.3-heap/_metadata new
stateferry convert -r rules.yaml new again
cmp new again && locations again | sed -n 1p
