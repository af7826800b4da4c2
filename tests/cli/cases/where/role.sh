rules <<'E'
steps:
  - id: shared
    uses: uri.replace-prefix
    with: {from: "s3://bucket-old", to: "s3://bucket-new"}
    where: {role: incremental-shared}
output: {untouched-uris: allow}
E
stateferry convert -r rules.yaml --diff snapshots/2.3.0-inc/_metadata new | grep -oE '\.(shared|private|meta[a-z_]*)\b' | sort | uniq -c | sed 's/^ *//'
