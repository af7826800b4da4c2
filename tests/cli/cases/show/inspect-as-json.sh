stateferry inspect --json snapshots/2.3.0-inc | tee document
json <document
