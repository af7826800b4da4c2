# A snapshot that was copied is made right in a store as on a disk.
store
mkdir -p buckets/bucket-new/job
cp -r "$TOOLS/../../examples/whole/2.3.0-inc/." buckets/bucket-new/job
there=s3://bucket-new/job/chk-2 at=buckets/bucket-new/job/chk-2
cp $at/_metadata was
said stateferry adopt $there
cmp was $at/_metadata.bak
said stateferry verify -q --inside s3://bucket-new/job $there
echo "--- killed when only the backup was there"
rm $at/_metadata
said stateferry adopt -q $there
said stateferry verify -q $there
