stateferry explain E-RULE-UNMATCHED-URI
