# Links to what lies in the job's directory: no name shows it.
incremental_checkpoint
mkdir old/taskowned
ln -s old/taskowned link
for target in link link/new; do
  stateferry self-contain --as . old/chk-2 $target 2>&1 | head -1
done
ls old/taskowned
