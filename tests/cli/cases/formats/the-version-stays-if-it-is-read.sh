stateferry convert --for-flink 2.3 snapshots/1.9.3-inc/_metadata out
cmp out snapshots/1.9.3-inc/_metadata && echo same
