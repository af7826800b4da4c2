# What sinks of a real job keep in its coordinator.
stateferry scan snapshots/2.3.0-inc bucket-old | head -3
stateferry scan snapshots/2.3.0-inc no-such-bucket
echo "exit $?"
