stateferry convert -r samples/bucket-to-bucket.yaml --set from=bucket-old --set to=s3://new snapshots/1.9.3-heap new
