stateferry convert -r samples/bucket-to-bucket.yaml --set form=s3://bucket-old snapshots/2.3.0-inc new
