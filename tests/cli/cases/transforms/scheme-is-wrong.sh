rules <<'E'
steps: [{id: s3a, uses: uri.scheme, with: {from: "s3://", to: s3a}}]
E
stateferry rules check rules.yaml
