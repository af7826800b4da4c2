# The input is never the output, by whatever names, and no two inputs have one output.
store
mkdir -p buckets/bucket-old/a buckets/bucket-old/copy
cp snapshots/2.3.0-inc/_metadata buckets/bucket-old/a
ln -s bucket-old buckets/link
before=$(contents buckets)
said stateferry convert "${move[@]}" --force s3://bucket-old/a s3a://bucket-old/a/_metadata
# Names that don't show it.
said stateferry convert "${move[@]}" --force s3://bucket-old/a s3://link/a
said stateferry convert "${move[@]}" --force s3://bucket-old/a buckets/bucket-old/a
said stateferry convert "${move[@]}" --force "file:$PWD/buckets/bucket-old/a" s3n://bucket-old/a
said stateferry convert "${move[@]}" --in-place s3://bucket-old/a s3a://bucket-old/a
said stateferry convert "${move[@]}" --out-dir s3://bucket-new/x s3://bucket-old/a s3://link/a
[[ $before == "$(contents buckets)" ]] && echo "nothing was changed"
