# What is the same in another format is not the same file.
stateferry -q convert --to 6 --for-flink 1.20 --snapshot checkpoint snapshots/1.9.3-heap new 2>&1
stateferry -q convert --for-flink 1.20 snapshots/2.3.0-inc there
stateferry diff snapshots/2.3.0-inc there
echo "exit $?"
