# The same in any number of threads, and in the order of the command line.
for jobs in 1 3; do
  stateferry convert "${move[@]}" -j "$jobs" --out-dir "moved$jobs" snapshots/* 2>&1 | sed "s/moved$jobs/moved/"
done | sort | uniq -c | sed 's/^ *//'
diff -r moved1 moved3
