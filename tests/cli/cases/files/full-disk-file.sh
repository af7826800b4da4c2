# As near to a full disk as a test gets: files may not grow beyond 2 KiB.
mkdir new
trap '' XFSZ
(ulimit -f 2 && stateferry convert "${move[@]}" snapshots/2.3.0-inc new)
code=$?
ls -A new
exit "$code"
