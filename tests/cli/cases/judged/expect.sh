rules <<'E'
steps:
  - id: move
    uses: uri.replace-prefix
    with: {from: "s3://bucket-old", to: "s3://bucket-new"}
    expect: {matched: ">=10", unmatched: 0}
E
mkdir new
stateferry convert -r rules.yaml snapshots/1.9.3-heap new
code=$?
ls -A new
exit "$code"
