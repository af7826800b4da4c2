rules <<'E'
steps: [{id: a, uses: uri.replace-prefx, with: {from: "s3://a", to: "s3://b"}}]
E
stateferry rules check rules.yaml
