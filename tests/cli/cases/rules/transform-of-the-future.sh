# Transforms and plugins that are not there.
rules <<'E'
steps: [{id: a, uses: handle.compress}, {id: b, uses: future.rename, with: {from: a, to: b}}, {id: c, uses: assert.some}]
E
stateferry rules check rules.yaml
