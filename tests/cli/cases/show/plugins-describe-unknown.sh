stateferry plugins describe uri.replace-prefx
