rules <<'E'
steps: [{id: a, uses: assert.none, where: {role: incremental-share, handle: files, scope: here}}]
E
stateferry rules check rules.yaml
