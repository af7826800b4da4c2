# One text in all ways in which state may hold it: offset and operator of each.
python3 - <<'P'
text = "s3://old-bucket/x"
wide = "".join("\\/" if c == "/" else c for c in text)
parts = [text.encode(), text.encode("utf-16-be"), text.encode("utf-16-le"), wide.encode(),
         text.replace("/", "\\u002f").encode(), b"\xac\xed\x00\x05t\x00\x11" + text.encode()]
open("state", "wb").write(b"\x01\x02".join(parts))
P
python3 "$TOOLS/../support/make_snapshot.py" job 8 --no-data --root s3://old-bucket/job --state state
stateferry scan job/chk-1 s3://old-bucket
echo "exit $?"
stateferry scan --json job/chk-1 s3://old-bucket >document
json .schema .count .in-paths .found.0.operator .found.0.role .found.0.offset .found.1.encoding .found.3.escaped <document
stateferry scan --jsonl job/chk-1 s3://old-bucket | count utf-16
stateferry scan job/chk-1 s3://new-bucket
echo "exit $?"
