# Seen from a local copy everything is foreign, so nothing is selected.
rules <<'E'
steps:
  - id: shared
    uses: uri.replace-prefix
    with: {from: "s3://bucket-old", to: "s3://bucket-new"}
    where: {scope: shared}
E
stateferry convert -r rules.yaml --dry-run snapshots/2.3.0-merge-inc 2>&1 | grep -v '^  s3:'
