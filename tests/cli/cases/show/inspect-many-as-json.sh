# What several snapshots share adds up: each file is in one set, and the sets of a snapshot have its files. Files that a snapshot
# names relatively and another one by their URI are one.
checkpoint 2.3.0-inc inc/b59bf0512e430a18fdcef0810b929fa9
cp -r old job && mkdir -p old/again && cp old/chk-2/_metadata old/again/_metadata
stateferry inspect --files --json old/chk-2 old/again >many.json
json .schema .file-count .snapshots.0.verdict .snapshots.1.file <many.json
python3 -c '
import json
many = json.load(open("many.json"))
assert sum(share["files"] for share in many["sharing"]) == many["file-count"] == len(many["files"])
for share in many["sharing"]:
    files = [file for file in many["files"] if file["snapshots"] == share["snapshots"]]
    assert len(files) == share["files"] and sum(file["bytes"] for file in files) == share["bytes"]
    print(share["snapshots"], share["files"], sorted({file["relative"] for file in files}))'
for list in files operators handles; do
  stateferry inspect --$list --top 1 --jsonl old/chk-2 snapshots/2.3.0-merge-inc | while read -r line; do
    json .snapshot .snapshots.0 .operator-uid-hash <<<"$line" 2>/dev/null
  done
done
