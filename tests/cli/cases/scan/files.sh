# --files looks into state files too, also across the pieces that are read.
incremental_checkpoint
stateferry scan old/chk-2 s3://sink-of-a-file --files
echo "exit $?"
shared=$(ls old/shared | head -1)
python3 - "old/shared/$shared" <<'P'
import sys
size = 300_000
with open(sys.argv[1], "ab") as file:
    file.write(b"\0" * size + "s3://sink-of-a-file/a".encode() + b"\0" * size + "s3://sink-of-a-file/b".encode("utf-16-be"))
P
stateferry scan old/chk-2 s3://sink-of-a-file
echo "exit $?"
stateferry scan old/chk-2 s3://sink-of-a-file --files --json >document
echo "exit $?"
json .count .files .found.0.place .found.0.role .found.1.encoding <document
stateferry scan -j 1 old/chk-2 s3://sink-of-a-file --files --jsonl | wc -l
rm "old/shared/$shared"
stateferry scan old/chk-2 s3://sink-of-a-file --files
echo "exit $?"
