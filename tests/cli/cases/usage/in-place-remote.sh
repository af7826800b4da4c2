stateferry convert "${move[@]}" --in-place s3://bucket-old/job/chk-2
