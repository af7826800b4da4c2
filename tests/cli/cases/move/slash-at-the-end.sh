stateferry convert -r samples/bucket-to-bucket.yaml --set from=s3://bucket-old/ --set to=s3://bucket-new/ snapshots/1.9.3-heap/_metadata new
locations new
