# A state file that got the name of the snapshot's own would stand where _metadata is to go.
incremental_checkpoint
file=old/shared/708acf89-f2ad-4359-8c84-5e214250dbb6
stateferry move --map "$file=apart/_METADATA" old/chk-2 new
echo "exit $?"
stateferry plan --map "$file=apart/._metadata.inprogress.1" old/chk-2 new --json | count apart
ls -d apart new 2>/dev/null
