# One that can't be read makes the answer unsure, whatever the others say.
incremental_checkpoint
shared=$(cd old/shared && ls | sort | head -1)
mkdir -p old/savepoint-1 old/chk-9
head -c 300 old/chk-2/_metadata >old/savepoint-1/_metadata
stateferry who "old/shared/$shared" --root old
echo "exit $?"
stateferry who "old/shared/none" --root old --json >document
echo "exit $?"
json .sure .users .unreadable.0.snapshot .unreadable.0.code .incomplete-checkpoints.0 <document
