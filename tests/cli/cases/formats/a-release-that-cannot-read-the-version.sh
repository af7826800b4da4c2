stateferry convert --to 5 --for-flink 1.20 snapshots/2.3.0-inc out
