: >rules.yaml
stateferry rules check rules.yaml
