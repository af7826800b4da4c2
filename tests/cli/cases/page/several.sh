# Snapshots stand in the order of their checkpoints, whatever the order of the arguments, and each file once.
python3 "$TOOLS/../page/make_job.py" job 3 8
stateferry inspect --html page.html --uids job/names.json job/chk-1000 job/chk-998 job/chk-999
page page.html >data.json
# A job's directory stands for all in it that are complete.
mkdir job/chk-1001 && head -c 500 job/chk-1000/_metadata >job/chk-1001/_metadata
stateferry inspect --html job.html --uids job/names.json job 2>&1
page job.html | python3 -I -S -c 'import json, sys
for (one, two) in zip(json.load(sys.stdin)["snapshots"], json.load(open("data.json"))["snapshots"]):
    print(one["inspect"]["checkpoint-id"], one["files"] == two["files"], one["bytes"] == two["bytes"])'
for number in 998 999 1000; do stateferry plan -q --jsonl job/chk-$number >$number.jsonl; done
python3 -I -S - <<'PYTHON'
import json
data = json.load(open("data.json"))
plans = [{row["source"]: row["bytes"] for row in map(json.loads, open(f"{n}.jsonl"))} for n in (998, 999, 1000)]
assert [s["inspect"]["checkpoint-id"] for s in data["snapshots"]] == [998, 999, 1000]
assert [(s["files"], s["bytes"]) for s in data["snapshots"]] == [(len(p), sum(p.values())) for p in plans]
files = data["files"]
uris = [data["directories"][d] + n for d, n in zip(files["directory"], files["name"])]
assert sorted(uris) == sorted(set().union(*plans))
for uri, members in zip(uris, files["set"]):
    assert data["sets"][members] == [i for i, plan in enumerate(plans) if uri in plan], uri
sizes = [dict() for _ in plans]
for at, (uri, members) in enumerate(zip(uris, files["set"])):
    for i in data["sets"][members]:
        sizes[i][uri] = files["bytes"][at]
for at, i, size in data["other-sizes"]:
    sizes[i][uris[at]] = size
assert sizes == plans
assert any(uri.endswith("grows") for uri in uris) and len(data["other-sizes"]) == 2
assert [op["name"] for op in data["operators"]][:2] == ["Source: orders", "enrich"]
print("as planned")
PYTHON
