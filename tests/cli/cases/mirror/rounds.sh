# Each new checkpoint is copied by what is new; old ones go by --keep, with the files that they alone needed.
make() { python3 "$TOOLS/../support/make_snapshot.py" src/job "$1" && touch -d "2026-01-02T0$2:00:00Z" src/job/chk-1/_metadata; }
make 16 1
said stateferry mirror --once src dst --keep 1
said stateferry verify -q dst/job/chk-1
mv src/job/chk-1 src/job/chk-3
make 8 2 # of the same number as one that stands at the target, and newer
said stateferry mirror --once src dst
rm -r src/job/chk-3
said stateferry mirror --once src dst
ls dst/job
said stateferry mirror --once src dst --keep 1
ls dst dst/job
stateferry mirror status dst --json | json .ok .jobs.0.job .jobs.0.newest.name .jobs.0.newest.directory .jobs.0.checkpoints .lease.until
rm -r src # the region is gone
for directory in dst/job/chk-*; do said stateferry verify -q "$directory"; done
