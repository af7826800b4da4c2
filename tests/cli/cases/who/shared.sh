# Snapshots at any depth, and the operators.
incremental_checkpoint
mkdir -p all/deep/er
mv old all/deep/er/job
stateferry -q adopt all/deep/er/job/chk-2
shared=$(cd all/deep/er/job/shared && ls | sort | head -1)
stateferry who "all/deep/er/job/shared/$shared" --root all
echo "exit $?"
stateferry who "file:$PWD/all/deep/er/job/shared/$shared" --root all --json >document
json .schema .sure .snapshots .users.0.uses.0.operator .users.0.uses.0.role .users.0.uses.0.handles <document
stateferry who all/deep/er/job/chk-2/_metadata --root all
stateferry who all/deep/er/job/shared/none --root all
echo "exit $?"
