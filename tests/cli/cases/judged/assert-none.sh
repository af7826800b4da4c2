rules <<'E'
steps:
  - id: move
    uses: uri.replace-prefix
    with: {from: "s3://bucket-old/flink", to: "s3://bucket-new/flink"}
  - id: nothing-is-left
    uses: assert.none
    with: {prefix: "s3://bucket-old"}
output: {untouched-uris: allow}
E
stateferry convert -r rules.yaml snapshots/2.3.0-inc-entropy new
