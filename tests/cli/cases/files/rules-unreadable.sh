chmod 000 samples/bucket-to-bucket.yaml
without_privileges stateferry convert "${move[@]}" snapshots/2.3.0-inc new
