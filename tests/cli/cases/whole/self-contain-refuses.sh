cp -r "$TOOLS/../../examples/whole/1.9.3-savepoint-s3" old
stateferry self-contain --as . old new
echo "exit $?"
rm -r old && merged_checkpoint
stateferry self-contain --as . old/chk-2 new
