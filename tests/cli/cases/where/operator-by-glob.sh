rules <<'E'
steps:
  - id: sources
    uses: uri.replace-prefix
    with: {from: "s3://bucket-old", to: "s3://bucket-new"}
    where: {operator: {uid: ["source-*"]}}
output: {untouched-uris: allow}
E
stateferry convert -r rules.yaml --diff snapshots/2.3.0-merge-inc/_metadata new | grep '^operator'
