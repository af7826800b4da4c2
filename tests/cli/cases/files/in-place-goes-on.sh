# A run that was killed has left the old file under both names; a copy of it is as good.
cp snapshots/2.3.0-inc/_metadata mine
ln mine mine.bak
stateferry -q convert "${move[@]}" --in-place mine
locations mine | count '^s3://bucket-new/'
cmp mine.bak snapshots/2.3.0-inc/_metadata && ls
rm mine.bak
cp snapshots/2.3.0-inc/_metadata mine
cp snapshots/2.3.0-inc/_metadata mine.bak
stateferry -q convert "${move[@]}" --in-place mine
locations mine | count '^s3://bucket-new/'
