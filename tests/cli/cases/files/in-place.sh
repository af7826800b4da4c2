cp snapshots/2.3.0-inc/_metadata mine
stateferry convert "${move[@]}" --in-place mine
cmp mine.bak snapshots/2.3.0-inc/_metadata && echo "the backup is the old file"
locations mine | count -v '^s3://bucket-new/'
ls -A
