stateferry rules
