# A file that is missing while its checkpoint is there: the source is broken by itself. One that is half-written counts for nothing.
python3 "$TOOLS/../support/make_snapshot.py" src/job 8
rm "src/job/shared/$(ls src/job/shared | head -1)"
stateferry mirror --once src dst 2>err
echo "exit $?"
grep -o 'the source is broken by itself.*E-MIRROR-SOURCE' err | sed 's|file:[^ ]*|FILE|g'
find dst -name _metadata
stateferry mirror status -q --json dst | json .ok
python3 "$TOOLS/../support/make_snapshot.py" half/job 8
truncate -s -10 half/job/chk-1/_metadata
stateferry mirror --once half dst2 --json | json .mirrored .being-written .lag-checkpoints
said stateferry mirror --once --max-lag 1s half dst3 2>/dev/null
stateferry mirror status dst4
