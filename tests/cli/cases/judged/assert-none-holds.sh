rules <<'E'
steps:
  - id: move
    uses: uri.replace-prefix
    with: {from: "s3://bucket-old", to: "s3://bucket-new"}
  - id: nothing-is-left
    uses: assert.none
    with: {prefix: "s3://bucket-old"}
E
stateferry convert -r rules.yaml snapshots/2.3.0-inc-entropy/_metadata new
