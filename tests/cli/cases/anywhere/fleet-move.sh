# A list of snapshots: each is a run of its own, and what comes of them adds up.
store
for job in a b; do
  python3 "$TOOLS/../support/make_snapshot.py" buckets/bucket-old/$job 4 --root s3://bucket-old/$job
  mkdir buckets/bucket-old/$job/chk-2 && cp buckets/bucket-old/$job/chk-1/_metadata buckets/bucket-old/$job/chk-2
done
cat >list <<END
# all of them
s3://bucket-old/a/chk-1
s3://bucket-old/nothing/chk-7

s3a://bucket-old/a/chk-2/_metadata
s3://bucket-old/b/chk-1
s3://bucket-old/b/chk-2
END
said stateferry move --snapshots list --root s3://bucket-old --dry-run s3://bucket-new
find buckets/bucket-new -type f
said stateferry move --snapshots list --root s3://bucket-old s3://bucket-new
find buckets/bucket-new -type f | wc -l
for chk in a/chk-1 a/chk-2 b/chk-1 b/chk-2; do stateferry verify -q s3://bucket-new/$chk || echo "$chk is not whole"; done
echo "--- again, as JSON"
said stateferry move --snapshots - --root s3://bucket-old --jsonl s3://bucket-new <list >lines
members() {
  python3 -c 'import json, sys
for line in sys.stdin:
    run = json.loads(line)
    print(run["snapshot"], *(run.get(key) for key in sys.argv[1:]), run.get("error", {}).get("code"))' "$@"
}
members schema done-before files copied line <lines
said stateferry move --snapshots list --root s3://bucket-old --json s3://bucket-new 2>/dev/null | json .schema .runs.0.snapshot .runs.1.error.code
echo "--- shards are all of it, each once"
for i in 0 1 2; do stateferry move --snapshots list --root s3://bucket-old --shard $i/3 --jsonl s3://bucket-new 2>/dev/null; done | members | sort
