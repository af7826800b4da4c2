# A job that runs at the target under the same id, or a failover: nothing is written or deleted there.
make() { python3 "$TOOLS/../support/make_snapshot.py" "$1/job" "$2" && touch -d "2026-01-02T0$3:00:00Z" "$1/job/chk-1/_metadata"; }
make src 8 1
stateferry mirror -q --once src dst
mv src/job/chk-1 src/job/chk-2
make other 4 3
cp -r other/job/chk-1 dst/job/chk-7
contents dst >before
stateferry mirror --once --keep 1 src dst 2>&1 | sed "s|noted by .*|noted by HOST|; s|$PWD|PWD|"
contents dst | diff -I _mirror before - && rm -r dst/job/chk-7
stateferry failover dst job | grep -v ' ago: ' | sed "s|$PWD|PWD|"
stateferry mirror --once --keep 1 src dst 2>&1 | sed "s|noted by .*|noted by HOST|; s|$PWD|PWD|"
ls dst/job
said stateferry mirror --once --keep 1 --resume-after-failover src dst
ls dst/job
