# A run that fails prints no document; what is wrong is on stderr.
stateferry convert --json -r samples/bucket-to-bucket.yaml snapshots/1.9.3-heap new
