stateferry plugins describe uri.map-prefix
