# Names in a directory are data: no line of its own, nothing that a terminal obeys.
mkdir -p "job/savepoint-$(printf 'x\n\033[31mred')" job/chk-1
cp snapshots/2.3.0-inc/_metadata job/savepoint-*/
cp snapshots/2.3.0-inc/_metadata job/chk-1/
touch -d 2026-01-02T03:00:00Z job/*/_metadata
touch -d 2026-01-03T03:00:00Z job/savepoint-*/_metadata
stateferry inspect job
stateferry dump job
