# Done is done: nothing changes, and the backup stays.
cp snapshots/2.3.0-inc/_metadata mine
stateferry -q convert "${move[@]}" --in-place mine
cp mine converted
stateferry convert "${move[@]}" --in-place mine
cmp mine converted && cmp mine.bak snapshots/2.3.0-inc/_metadata && ls
cp snapshots/2.3.0-inc/_metadata down
stateferry -q convert --for-flink 1.20 --on-loss report --in-place down
stateferry convert --for-flink 1.20 --on-loss report --in-place down
