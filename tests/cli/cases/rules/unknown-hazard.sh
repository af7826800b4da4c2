rules <<'E'
steps: [{id: a, uses: uri.scheme, with: {from: s3a, to: s3}, accept: [loses-state]}]
E
stateferry rules check rules.yaml
