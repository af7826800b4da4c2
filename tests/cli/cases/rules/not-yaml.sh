printf 'rules: "v1"\nsteps:\n  - id: x\n    uses: [uri.scheme\n' >rules.yaml
stateferry rules check rules.yaml
