rules <<'E'
steps: [{id: a, uses: acme.something}]
E
stateferry rules check rules.yaml
