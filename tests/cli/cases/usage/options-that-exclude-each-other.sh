stateferry convert --for-flink 1.20 --explain-target 1.19 snapshots/2.3.0-inc
