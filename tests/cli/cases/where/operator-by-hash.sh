rules <<'E'
steps:
  - id: keyed
    uses: uri.replace-prefix
    with: {from: "s3://bucket-old", to: "s3://bucket-new"}
    where: {operator: {uid-hash: 0280cff30166c8fe8bb88cc69f845dc0}}
output: {untouched-uris: allow}
E
stateferry convert -r rules.yaml --diff snapshots/2.3.0-changelog/_metadata new | grep '^operator'
