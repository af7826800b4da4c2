rules <<'E'
steps:
  - id: move
    uses: uri.replace-prefix
    with: {from: "s3://a", from: "s3://b", to: "s3://c"}
E
stateferry rules check rules.yaml
