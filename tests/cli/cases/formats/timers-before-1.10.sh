# Flink 1.10 and 1.11 write version 2 or what becomes it; their timers in RocksDB are lost in 1.9 as it is by default.
stateferry convert --for-flink 1.9 snapshots/1.9.3-heap/_metadata out
stateferry convert --explain-target 1.9 snapshots/1.9.3-heap
stateferry convert --explain-target 1.5 --json snapshots/1.9.3-heap |
  json .conversion.class .conversion.cautions.0.what .conversion.cautions.0.operators .conversion.cautions.0.remedy
# Here the handles show that timers lie in raw keyed state.
stateferry convert --explain-target 1.9 --json snapshots/1.9.3-inc | json .conversion.cautions
stateferry convert --explain-target 1.10 --json snapshots/1.9.3-heap | json .conversion.cautions
