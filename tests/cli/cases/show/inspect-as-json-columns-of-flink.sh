# The columns of Flink's savepoint_metadata come first.
stateferry inspect --json snapshots/2.3.0-inc | python3 -c 'import json, sys; print(*list(json.load(sys.stdin)["operators"][0])[:8], sep="\n")'
