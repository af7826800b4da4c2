# Retention deletes nothing while it can't be told what needs the files; and what another snapshot below the target needs is left.
make() { python3 "$TOOLS/../support/make_snapshot.py" src/job "$1" && touch -d "2026-01-02T0$2:00:00Z" src/job/chk-1/_metadata; }
make 16 1
stateferry mirror -q --once src dst
mkdir dst/restarted && cp -r dst/job/chk-1 dst/restarted/chk-9 # claimed by another job
mv src/job/chk-1 src/job/chk-2
make 8 2
rm -r src/job/chk-2
contents dst/job | grep -v _mirror >before
touch dst/restarted/completedCheckpoint1 # of high availability
said stateferry mirror --once --keep 1 src dst
contents dst/job | grep -v _mirror | comm -13 - before
rm dst/restarted/completedCheckpoint1
mkdir dst/restarted/chk-10 && touch dst/restarted/chk-10/a # being written
said stateferry mirror --once --keep 1 src dst
contents dst/job | grep -v _mirror | comm -13 - before
rm -r dst/restarted/chk-10
said stateferry mirror --once --keep 1 src dst
said stateferry verify -q dst/restarted/chk-9
echo changed >>dst/job/chk-1.at-*/_metadata
make 4 3
said stateferry mirror --once --keep 1 src dst
