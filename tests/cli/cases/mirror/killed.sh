# What a mirror that was killed has left is taken up: a _metadata that is not noted yet, and a list of what was to be deleted.
make() { python3 "$TOOLS/../support/make_snapshot.py" src/job "$1" && touch -d "2026-01-02T0$2:00:00Z" src/job/chk-1/_metadata; }
make 8 1
stateferry mirror -q --once src dst
python3 - <<'EOF'
import json
state = json.load(open("dst/job/_mirror.json"))
state["pending"] = state["checkpoints"].pop()
json.dump(state, open("dst/job/_mirror.json", "w"))
EOF
said stateferry mirror --once --json src dst | json .mirrored .checkpoints .files-copied
# Nothing of such a list is deleted that something needs, that is a snapshot, or that lies elsewhere.
touch dst/job/shared/useless precious
cp dst/job/chk-1/_metadata dst/job/shared/snapshot
needed=$(find dst/job/shared -type f | grep -v -e useless -e snapshot | head -1)
python3 - "file:$PWD" "$needed" >dst/_mirror-retired.json <<'EOF'
import json, sys
here, needed = sys.argv[1:]
print(json.dumps([f"{here}/precious", f"{here}/dst/../precious", f"{here}/{needed}", f"{here}/dst/job/chk-1/_metadata",
                  f"{here}/dst/job/shared/snapshot", f"{here}/dst/job/shared/useless", f"{here}/dst/job/_mirror.json", 7, "x"]))
EOF
said stateferry mirror --once --keep 1 src dst
ls precious dst && ls dst/job/shared | wc -l
rm dst/job/shared/snapshot
said stateferry verify -q dst/job/chk-1
echo '{' >dst/_mirror-retired.json
stateferry mirror --once --keep 1 src dst
