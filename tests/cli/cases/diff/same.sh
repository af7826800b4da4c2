# The same is exit code 0, also as a stream and after a change of order of nothing.
stateferry diff snapshots/2.3.0-inc snapshots/2.3.0-inc/_metadata
echo "exit $?"
stateferry diff snapshots/2.3.0-inc - <snapshots/2.3.0-inc/_metadata
echo "exit $?"
stateferry diff --json snapshots/1.9.3-heap snapshots/1.9.3-heap | json .schema .same .operators-same .files.shared.count
