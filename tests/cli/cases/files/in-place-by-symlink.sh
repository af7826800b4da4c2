# By either name there is the new file, by the backup's the old one; permissions stay.
cp snapshots/2.3.0-inc/_metadata real
chmod 640 real
ln -s real mine
stateferry -q convert "${move[@]}" --in-place mine
locations mine | count '^s3://bucket-new/'
stat -L -c %a mine
cmp mine.bak snapshots/2.3.0-inc/_metadata && echo "the backup is the old file"
