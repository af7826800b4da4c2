# The same is exit code 0, also as a stream; relative files of a stream are nobody else's.
stateferry diff snapshots/2.3.0-inc snapshots/2.3.0-inc/_metadata
echo "exit $?"
stateferry diff snapshots/2.3.0-inc - <snapshots/2.3.0-inc/_metadata
echo "exit $?"
stateferry -q diff snapshots/1.9.3-heap - <snapshots/1.9.3-heap/_metadata
echo "exit $?"
stateferry diff --json snapshots/1.9.3-heap snapshots/1.9.3-heap | json .schema .same .operators-same .files.shared.count
