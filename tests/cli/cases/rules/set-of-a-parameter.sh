stateferry convert "${move[@]}" --set steps.move-root.with.to=s3://third snapshots/1.9.3-heap/_metadata new
locations new | sed -n 1p
