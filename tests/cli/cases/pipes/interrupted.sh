# SIGINT in the middle of the input: nothing is left behind, in the output's folder or elsewhere.
mkfifo in
mkdir new
{ head -c 3000 snapshots/2.3.0-inc/_metadata && exec sleep 20; } >in &
writer=$!
env --default-signal=INT stateferry convert "${move[@]}" in new/_metadata &
sleep 1
kill -INT $!
wait $!
echo "exit code $?"
kill "$writer"
find new "$TMPDIR" -mindepth 1
