# The sample's own root is s3://old-bucket/savepoints: nothing fits, so it must not pass for done.
stateferry convert -r samples/bucket-to-bucket.yaml snapshots/1.9.3-heap new
