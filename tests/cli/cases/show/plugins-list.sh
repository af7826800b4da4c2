stateferry plugins list
