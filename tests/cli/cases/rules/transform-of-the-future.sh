# In rules.md, but not there yet.
rules <<'E'
steps: [{id: a, uses: handle.relativize}, {id: b, uses: operator.rename, with: {from: a, to: b}}, {id: c, uses: assert.all}]
E
stateferry rules check rules.yaml
