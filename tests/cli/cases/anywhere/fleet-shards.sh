# Parts of a list that run at once, and share files: all is there afterwards.
python3 "$TOOLS/../support/make_snapshot.py" old/a 40
for n in 2 3 4 5 6 7 8; do mkdir old/a/chk-$n && cp old/a/chk-1/_metadata old/a/chk-$n; done
ls -d old/a/chk-* >list
for i in 0 1 2; do
  XDG_STATE_HOME=$PWD/state-$i stateferry move -q --snapshots list --shard $i/3 --jsonl new >results-$i &
done
wait
for n in 1 2 3 4 5 6 7 8; do stateferry verify -q new/chk-$n || echo "chk-$n is not whole"; done
cat results-? | wc -l
find new -type f | wc -l
