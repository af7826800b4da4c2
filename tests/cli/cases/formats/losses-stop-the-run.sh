stateferry convert --for-flink 1.20 snapshots/2.3.0-inc out
status=$?
ls
exit $status
