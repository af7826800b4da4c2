# OUT may be given; not even its directory is touched.
mkdir new
stateferry convert "${move[@]}" --dry-run snapshots/2.3.0-inc new
stateferry convert "${move[@]}" --dry-run snapshots/2.3.0-inc no/such/folder/_metadata
ls -A new
