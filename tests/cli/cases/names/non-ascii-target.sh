stateferry convert -r samples/bucket-to-bucket.yaml --set from=s3://bucket-old --set "to=s3://bucket-new/zustände/状態/😀" snapshots/1.9.3-heap/_metadata new
locations new | sed -n 1p
stateferry -q convert -r samples/bucket-to-bucket.yaml --set "from=s3://bucket-new/zustände/状態/😀" --set to=s3://bucket-old new back
cmp snapshots/1.9.3-heap/_metadata back && echo "and back"
# Modified UTF-8: the emoji takes two surrogates of three bytes each.
LC_ALL=C grep -c $'\xed\xa0\xbd\xed\xb8\x80' new
