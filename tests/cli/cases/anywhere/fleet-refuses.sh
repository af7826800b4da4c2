# What a list can't ask for is refused before anything is copied.
store
for job in a b; do
  python3 "$TOOLS/../support/make_snapshot.py" buckets/bucket-old/$job 4 --root s3://bucket-old/$job
done
list() { printf '%b\n' "$@" >list; }
list s3://bucket-old/a/chk-1 s3://bucket-old/b/chk-1
said stateferry move --snapshots list s3://bucket-new
list s3://bucket-old/a/chk-1 s3a://bucket-old/a/chk-1
said stateferry move --snapshots list s3://bucket-new
said stateferry plan --snapshots list s3://bucket-new
list 's3://bucket-old/a/chk-1\ts3://bucket-new/x' 's3://bucket-old/b/chk-1\ts3n://bucket-new/x'
said stateferry move --snapshots list
said stateferry plan --snapshots list
# Not the snapshots meet, but files that they share with others.
mkdir buckets/bucket-old/b/chk-2 && cp buckets/bucket-old/b/chk-1/_metadata buckets/bucket-old/b/chk-2
list s3://bucket-old/a/chk-1 s3://bucket-old/b/chk-2
said stateferry move --snapshots list s3://bucket-new
said stateferry plan --snapshots list s3://bucket-new
list 's3://bucket-old/a/chk-1\ts3://bucket-new/a' s3://bucket-old/b/chk-1
said stateferry move --snapshots list
said stateferry plan --snapshots list
list 'a\tb\tc'
said stateferry move --snapshots list s3://bucket-new
said stateferry move --snapshots list s3://bucket-new more
said stateferry move --snapshots nothing s3://bucket-new
said stateferry move --snapshots list --shard 3/3 s3://bucket-new
said stateferry move --shard 0/3 s3://bucket-old/a/chk-1 s3://bucket-new
said stateferry move --snapshots list --delete-source s3://bucket-new
said stateferry move --snapshots list --as x s3://bucket-new
said stateferry plan --snapshots list --base-uri s3://x/y s3://bucket-new
said stateferry move
said stateferry plan
find buckets/bucket-new -type f
