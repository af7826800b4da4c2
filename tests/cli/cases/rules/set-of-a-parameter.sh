stateferry convert "${move[@]}" --set steps.move-root.with.to=s3://third snapshots/1.9.3-heap new
locations new | sed -n 1p
