# What no rule rewrites is told once by all that moves a snapshot.
printf '\0\x14s3://old/sink/part-1\0s3://elsewhere/x\0' >state
python3 "$TOOLS/../support/make_snapshot.py" job 2 --root s3://old/job --no-data --size 10 --state state
move=(-r samples/bucket-to-bucket.yaml --set from=s3://old --set to=s3://new)
stateferry convert "${move[@]}" job/chk-1 out >/dev/null
stateferry convert -q "${move[@]}" --json --force job/chk-1 out | json .inline-uri-count .inline-uris-moved .inline-uri-places.0.uri
places() {
  stateferry convert -q "${move[@]}" --dry-run --json "$@" job/chk-1 | json .path .inline-uri-places
}
echo "the same in one pass and from a tree"
places && places --reencode
echo "nothing moves" >&2
stateferry convert "${move[@]}" out out2
stateferry convert --reencode -q job/chk-1 out3

echo "whole snapshots" >&2
python3 "$TOOLS/../support/make_snapshot.py" disk 2 --size 10 --state state
stateferry move --progress none disk/chk-1 there 2>&1 | grep -A4 warning
stateferry self-contain --progress none disk/chk-1 one --json 2>/dev/null | json .inline-uri-count
stateferry self-contain --dry-run disk/chk-1 two 2>&1 | grep -c warning
