stateferry rules check --json samples/bucket-to-bucket.yaml | tee document
json <document
