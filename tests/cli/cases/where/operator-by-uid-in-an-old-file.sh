# Files before version 5 store no uid; an exact one is found by its hash.
rules <<'E'
steps:
  - id: keyed
    uses: uri.replace-prefix
    with: {from: "s3://bucket-old", to: "s3://bucket-new"}
    where: {operator: {uid: keyed-uid}}
output: {untouched-uris: allow}
E
stateferry convert -r rules.yaml --diff snapshots/1.9.3-heap/_metadata new | grep '^operator'
