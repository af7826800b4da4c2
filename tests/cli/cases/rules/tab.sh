printf 'rules: "v1"\nsteps:\n\t- id: x\n' >rules.yaml
stateferry rules check rules.yaml
