mkfifo in
cat snapshots/2.3.0-inc/_metadata >in &
stateferry convert "${move[@]}" in new
locations new | wc -l
