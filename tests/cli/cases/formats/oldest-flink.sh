stateferry inspect snapshots/2.3.0-merge-inc | sed -n 5,6p
stateferry convert -q --to 4 --on-loss report snapshots/2.3.0-merge-inc merged 2>/dev/null
stateferry inspect merged | sed -n 5,6p
stateferry inspect --json merged | json .oldest-flink .newest-flink .oldest-flink-decided-by.construct .oldest-flink-decided-by.place
