stateferry convert -r s3://bucket/rules.yaml snapshots/1.9.3-heap new
