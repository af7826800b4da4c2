# What several snapshots share adds up: each file is in one set, and the sets of a snapshot have its files. Files that one names
# relatively and another one by their URI are one.
cp -r "$TOOLS/../../examples/whole/2.3.0-inc" job
rules <<'R'
steps: [{id: whole, uses: handle.absolutize}]
R
mkdir job/absolute
stateferry convert -q -r rules.yaml job/chk-2 job/absolute/_metadata
stateferry inspect --files --json job/chk-2 job/absolute snapshots/2.3.0-merge-inc >many.json
json .schema .file-count .snapshots.0.verdict .snapshots.1.file <many.json
python3 -c '
import json
many = json.load(open("many.json"))
assert sum(share["files"] for share in many["sharing"]) == many["file-count"] == len(many["files"])
for share in many["sharing"]:
    files = [file for file in many["files"] if file["snapshots"] == share["snapshots"]]
    assert len(files) == share["files"]
    assert sum(file["at-least-bytes"] for file in files) == share["bytes"]
    print(share["snapshots"], share["files"], sorted({file["handles"] for file in files}))'
for list in files operators handles; do
  stateferry inspect --$list --top 1 --jsonl job/chk-2 snapshots/2.3.0-merge-inc >lines
  python3 -c '
import json
for line in open("lines"):
    line = json.loads(line)
    print(line.get("snapshot"), line.get("snapshots"), line.get("kind"), line.get("operator-name"))'
done
