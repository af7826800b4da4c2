# Between local disks nothing is held to a rate, and nothing is copied by a run that was to be.
cp -r "$TOOLS/../../examples/whole/2.3.0-savepoint" from
status=0
stateferry move from to --bwlimit 1M || status=$?
find to -name _metadata
exit "$status"
