stateferry plugins list --json | tee document
json <document
