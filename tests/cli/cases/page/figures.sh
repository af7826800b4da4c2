# The page holds what `inspect --json` and `plan --jsonl` say, and says where it is.
savepoint
cp -r "$TOOLS/../../examples/whole/2.3.0-inc" inc
for snapshot in old inc/chk-2 snapshots/1.9.3-heap snapshots/2.3.0-merge-inc snapshots/2.3.0-changelog; do
  stateferry inspect --html page.html --force "$snapshot"
  page page.html >data.json
  stateferry inspect --json "$snapshot" >inspect.json
  stateferry plan -q --jsonl "$snapshot" >plan.jsonl
  python3 -I -S - <<'PYTHON'
import json
data, inspect = json.load(open("data.json")), json.load(open("inspect.json"))
plan = [json.loads(line) for line in open("plan.jsonl")]
files, (snapshot,) = data["files"], data["snapshots"]
assert data["schema"] == "stateferry/report/1"
assert snapshot["inspect"] == inspect
size = lambda row: row.get("bytes", row["at-least"])
label = lambda op: "uid:" + op["uid"] if op["uid"] else "hash:" + op["hash"]
columns = zip(files["name"], files["directory"], files["bytes"], files["operator"], files["role"], files["handles"])
mine = [(data["directories"][directory] + name, size, label(data["operators"][op]) if op >= 0 else None,
         data["roles"][role], handles) for name, directory, size, op, role, handles in columns]
theirs = [(row["source"], size(row), row.get("operator"), row["role"], row["handles"]) for row in plan]
assert mine == theirs, (mine, theirs)
assert (snapshot["files"], snapshot["bytes"]) == (len(plan), sum(map(size, plan)))
assert snapshot["at-least"] == any("bytes" not in row for row in plan)
assert [op["hash"] for op in data["operators"]] == [op["operator-uid-hash"] for op in inspect["operators"]]
assert {tuple(data["sets"][at]) for at in files["set"]} <= {(0,)}
print(len(plan), "files,", len(inspect["operators"]), "operators")
PYTHON
done
