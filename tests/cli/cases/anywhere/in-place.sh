# A _metadata in a store is replaced, and the old one kept; a run that was stopped goes on.
store
mkdir -p buckets/bucket-old/job/chk-2
at=buckets/bucket-old/job/chk-2 there=s3://bucket-old/job/chk-2
cp snapshots/2.3.0-inc/_metadata $at
stateferry convert -q "${move[@]}" snapshots/2.3.0-inc wanted
shows() {
  (cd $at && for file in *; do
    cmp -s "$file" "$OLDPWD/wanted/_metadata" && echo "$file is new" && continue
    cmp -s "$file" "$OLDPWD/snapshots/2.3.0-inc/_metadata" && echo "$file is old" && continue
    echo "$file is something else"
  done)
}
said stateferry convert "${move[@]}" --in-place --backup .was $there
shows
said stateferry convert "${move[@]}" --in-place --backup .was $there
shows
echo "--- stopped before the new one was put: only the backup is there, or both"
mv $at/_metadata.was $at/_metadata.bak && rm $at/_metadata
said stateferry convert -q "${move[@]}" --in-place $there
shows
cp snapshots/2.3.0-inc/_metadata $at
said stateferry convert -q "${move[@]}" --in-place $there
shows
echo "--- something else has the backup's name"
cp snapshots/2.3.0-inc/_metadata $at
echo other >$at/_metadata.bak
said stateferry convert "${move[@]}" --in-place $there
shows
echo "--- back again"
stateferry convert -q "${move[@]}" --in-place --backup .1 $there
said stateferry convert -q --reencode $there/_metadata.1 s3://bucket-new/back
cmp buckets/bucket-new/back/_metadata snapshots/2.3.0-inc/_metadata
