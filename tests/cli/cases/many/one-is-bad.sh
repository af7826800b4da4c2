# The others go on; the exit code is the first failure's.
head -c 100 snapshots/1.9.3-heap/_metadata >incomplete
stateferry convert "${move[@]}" --out-dir moved snapshots/1.9.3-inc incomplete nowhere snapshots/2.3.0-inc
code=$?
find moved -type f | sort
exit "$code"
