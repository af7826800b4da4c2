stateferry convert "${move[@]}" snapshots/2.3.0-inc s3://bucket-new/x/_metadata
