# A savepoint of today's Flink has relative paths only: no need to rewrite it, and that is said.
stateferry convert "${move[@]}" snapshots/2.3.0-heap/_metadata new
cmp snapshots/2.3.0-heap/_metadata new && echo "a byte copy"
stateferry inspect snapshots/2.3.0-heap | grep verdict
