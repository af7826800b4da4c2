stateferry convert "${move[@]}" --set steps.move-rot.with.to=s3://third --set steps.move-root.with.too=s3://third snapshots/1.9.3-heap new
