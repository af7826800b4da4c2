stateferry explain E-RULE-UNMACHED-URI
