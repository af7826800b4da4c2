# A run that fails leaves the old file.
echo precious >new
stateferry convert -r samples/bucket-to-bucket.yaml --force snapshots/2.3.0-inc new 2>said
code=$?
cat new
exit "$code"
