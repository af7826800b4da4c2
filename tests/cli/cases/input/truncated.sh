head -c 3000 snapshots/2.3.0-inc/_metadata >in
mkdir new
stateferry convert "${move[@]}" in new
code=$?
ls -A new
exit "$code"
