# Only a file may be replaced: not a pipe, and above all not /dev/null.
mkfifo new
stateferry -q convert "${move[@]}" --force snapshots/2.3.0-inc new
code=$?
[[ -p new ]] && echo "still a pipe"
exit "$code"
