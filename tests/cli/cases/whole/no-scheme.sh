# Handles without a scheme, as Flink up to 1.10 and the State Processor API write them: local files, unless
# --default-scheme says otherwise.
python3 "$TOOLS/../support/make_snapshot.py" job 9 --root "$PWD/job" --size 10
stateferry inspect job/chk-1 --json | json .verdict .roots
stateferry verify job/chk-1
stateferry plan job/chk-1 new | head -2
stateferry orphans --older-than 0 --root job job/chk-1

echo "a target without a scheme" && stateferry move -q job/chk-1 new
locations new/chk-1 | head -2
stateferry verify -q new/chk-1 && mv job gone && stateferry verify new/chk-1 && mv gone job
echo "a target with one" && stateferry move -q job/chk-1 "file:$PWD/other"
locations other/chk-1 | head -1
stateferry self-contain job/chk-1 one 2>&1 | grep all
stateferry verify one/chk-1
