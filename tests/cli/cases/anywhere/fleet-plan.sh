# One plan of many snapshots has each file once, whatever copies it.
store
python3 "$TOOLS/../support/make_snapshot.py" buckets/bucket-old/a 3 --root s3://bucket-old/a
mkdir buckets/bucket-old/a/chk-2 && cp buckets/bucket-old/a/chk-1/_metadata buckets/bucket-old/a/chk-2
printf 's3://bucket-old/a/chk-%s\n' 1 9 2 >list
said stateferry plan --snapshots list --root s3://bucket-old s3://bucket-new >plan.csv
cut -d , -f 1,2 plan.csv
said stateferry plan --snapshots list --root s3://bucket-old s3://bucket-new --format rclone 2>/dev/null
said stateferry plan --snapshots list --jsonl 2>/dev/null | count source
said stateferry copy plan.csv
said stateferry move --snapshots list --root s3://bucket-old --no-copy s3://bucket-new
: >empty
said stateferry plan --snapshots empty s3://bucket-new
echo "--- a snapshot that the format can't say takes none of the files with it that another needs, too"
python3 "$TOOLS/../support/make_snapshot.py" less 2 --no-data --root s3://bucket-old/a
mkdir buckets/bucket-old/a/chk-3 && cp less/chk-1/_metadata buckets/bucket-old/a/chk-3
printf 's3://bucket-old/a/chk-%s\n' 1 3 >list
last=s3://bucket-old/a/shared/000002-c45c587f-98ad-4833-9a39-f15ba614f5d1
said stateferry plan --snapshots list --root s3://bucket-old --map $last=s3://bucket-new/away --format rclone s3://bucket-new
