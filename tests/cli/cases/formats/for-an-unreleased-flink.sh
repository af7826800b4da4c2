# There is nothing to write for a Flink that nobody has.
for release in 2.4 1.99 0.9; do
  stateferry convert --for-flink "$release" snapshots/2.3.0-inc new
  echo "exit $?" >&2
done
stateferry convert --explain-target 2.4 snapshots/2.3.0-inc
echo "exit $?" >&2
