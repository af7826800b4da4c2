stateferry convert --for-flink 1.16 --on-loss report --record record.json snapshots/2.3.0-heap/_metadata out 2>log
tail -n 2 log
count 'W-CAPABILITY-LOSS' <log
stateferry inspect out | sed -n 3,6p
json .format-version .conversion.to-format-version .conversion.for-flink .conversion.class .conversion.findings.0.what <record.json
