# A second backup would be of the moved file, and the original would be lost.
cp snapshots/2.3.0-inc/_metadata mine
stateferry -q convert "${move[@]}" --in-place mine
stateferry convert -r samples/bucket-to-bucket.yaml --set from=s3://bucket-new --set to=s3://third --in-place mine
code=$?
cmp mine.bak snapshots/2.3.0-inc/_metadata && echo "the backup is still the original"
exit "$code"
