stateferry rules check samples/*.yaml
