stateferry convert --for-flink 1.19 --on-loss report snapshots/2.3.0-merge-inc out
