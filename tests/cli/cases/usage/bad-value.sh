stateferry --color blue plugins list
