# What is noted and what status prints have the forms that are published.
python3 "$TOOLS/../support/make_snapshot.py" src/job 8
stateferry mirror -q --once src dst
mkdir half && cp -r src/job half/job
truncate -s -10 half/job/chk-1/_metadata
stateferry mirror -q --once half dst2
stateferry failover -q dst >printed
stateferry mirror status -q --json dst >status.json
stateferry mirror status -q --json dst2 >status2.json
python3 - "$TOOLS/../../docs/schemas" <<'EOF'
import json, pathlib, sys
try:
    import jsonschema
except ImportError:
    print("jsonschema is not installed", file=sys.stderr)
    sys.exit(1)
for form, *files in (("mirror-state-1", "dst/job/_mirror.json", "dst2/job/_mirror.json"),
                     ("mirror-status-1", "status.json", "status2.json")):
    schema = json.loads((pathlib.Path(sys.argv[1]) / f"{form}.schema.json").read_text())
    for file in files:
        jsonschema.validate(json.loads(pathlib.Path(file).read_text()), schema)
        print(f"{file} is {form}")
EOF
