# Names from snapshots are data: they make no element, end no script, and come back as they were.
python3 "$TOOLS/../page/make_job.py" job 2 8 --hostile
stateferry inspect --html page.html --uids job/names.json job/chk-999 job/chk-1000
page page.html >data.json
python3 -I -S - <<'PYTHON'
import json
data, names = json.load(open("data.json")), json.load(open("job/names.json"))
assert [op["name"] for op in data["operators"]] == [op["name"] for op in names]
assert all("<i>&lt;\u2028" in text for text in data["files"]["name"] + [])
print(len(names), "names came back")
PYTHON
# Bytes that are no text.
python3 - <<'PYTHON'
import pathlib
data = pathlib.Path("snapshots/2.3.0-inc/_metadata").read_bytes()
pathlib.Path("bad").write_bytes(data.replace(b"keyed-uid", b"<script>x").replace(b"s3://bucket-old/", b"s3://\x1b[2J\x7f</bb>/"))
PYTHON
stateferry inspect --html bad.html bad
page bad.html | json .operators.1.uid .snapshots.0.inspect.roots.0.uri
