rules <<'E'
steps:
  - id: shared
    uses: uri.replace-prefix
    with: {from: "s3://bucket-old", to: "s3://bucket-new"}
    where: {scope: shared}
output: {untouched-uris: allow}
E
stateferry convert -r rules.yaml --dry-run --base-uri s3://bucket-old/flink/merge-inc/0e0655aee0be77b01c0a6496b2d93276/chk-2 snapshots/2.3.0-merge-inc
