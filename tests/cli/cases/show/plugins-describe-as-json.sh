stateferry plugins describe --json uri.scheme | tee document
json <document
