rules <<'E'
steps:
  - id: log
    uses: uri.replace-prefix
    with: {from: "s3://bucket-old", to: "s3://bucket-new"}
    where: {uri: {scheme: s3, glob: "s3://bucket-old/**/dstl/*"}}
output: {untouched-uris: allow}
E
stateferry convert -r rules.yaml snapshots/2.3.0-changelog/_metadata new
locations new | grep bucket-new | sort -u
