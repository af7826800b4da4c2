cp -r "$TOOLS/../../examples/whole/1.9.3-savepoint-s3" old
stateferry self-contain old new
echo "exit $?"
rm -r old && merged_checkpoint
stateferry self-contain old/chk-2 new
