stateferry plugins describe v6
