rules <<'E'
plugins: {uri: ">=7", acme: ">=1.2 <2"}
steps: [{id: a, uses: uri.scheme, with: {from: s3a, to: s3}}]
E
stateferry rules check rules.yaml
