# Two names of one place are one: links of both kinds.
incremental_checkpoint
shared=$(cd old/shared && ls | sort | head -1)
ln "old/shared/$shared" hard
ln -s "old/shared/$shared" soft
ln -s old/shared directory
for name in hard soft "directory/$shared"; do
  stateferry -q who "$name" --root old | head -1
done
: >another
stateferry who another --root old
echo "exit $?"
