# There and back again gives the same bytes.
stateferry -q convert "${move[@]}" snapshots/2.3.0-merge-inc/_metadata there
stateferry convert -r samples/bucket-to-bucket.yaml --set from=s3://bucket-new --set to=s3://bucket-old there back
cmp snapshots/2.3.0-merge-inc/_metadata back && echo "the same bytes"
