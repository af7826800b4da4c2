# Nothing is percent-encoded or decoded.
stateferry -q convert -r samples/bucket-to-bucket.yaml --set from=s3://bucket-old --set "to=s3://bucket-new/a b%20c#d?e=f&g" snapshots/1.9.3-heap new
locations new | sed -n 1p
