rules <<'E'
steps:
  - id: sources
    uses: uri.replace-prefix
    with: {from: "s3://bucket-old", to: "s3://bucket-new"}
    where: {operator: {uid: "source-*"}}
E
stateferry convert -r rules.yaml snapshots/1.9.3-heap new
