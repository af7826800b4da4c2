# A savepoint of the State Processor API: the handles of operators that it left alone lead nowhere.
savepoint
op=$(stateferry plan old --jsonl -q | python3 -c 'import json, sys; print(sorted({json.loads(line)["operator"] for line in sys.stdin})[0])')
stateferry plan -q old --jsonl | OP="$op" python3 -c '
import json, os, sys
for line in sys.stdin:
    row = json.loads(line)
    if row["operator"] == os.environ["OP"]:
        os.remove(row["source"].removeprefix("file:"))'
# Says what a command says but for the files, which come in no order.
told() {
  stateferry "$@" 2>&1 >/dev/null | grep -v "is missing (a relative handle)" >&2
  echo "exit ${PIPESTATUS[0]}" >&2
}
told verify old
stateferry verify old --json | json .hint
told move -q old new
told self-contain -q old new
ls -d new 2>/dev/null
echo "only _metadata" >&2
mkdir alone && cp old/_metadata alone
told verify alone
told self-contain -q alone new
