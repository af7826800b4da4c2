printf 'rules: v2\nsteps: [{id: a, uses: assert.none}]\n' >rules.yaml
stateferry rules check rules.yaml
