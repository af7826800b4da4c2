# While a job runs at the target, nothing is deleted there, also not of others: its own next checkpoints may need their files.
for job in one two; do
  python3 "$TOOLS/../support/make_snapshot.py" src/$job 8 && touch -d "2026-01-02T01:00:00Z" src/$job/chk-1/_metadata
done
stateferry mirror -q --once src dst
stateferry failover dst one --last --json | json .jobs.0.mode
mv src/two/chk-1 src/two/chk-2
python3 "$TOOLS/../support/make_snapshot.py" src/two 4 && touch -d "2026-01-02T02:00:00Z" src/two/chk-1/_metadata
rm -r src/two/chk-2 src/one
said stateferry mirror --once --keep 1 src dst
ls -d dst/two/chk-1*
# A list of what was to be deleted counts neither.
touch dst/two/shared/useless
echo "[\"file:$PWD/dst/two/shared/useless\"]" >dst/_mirror-retired.json
said stateferry mirror --once --keep 9 src dst
ls dst/two/shared/useless
