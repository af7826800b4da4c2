# The old output is still there.
mkfifo in
echo precious >new
{ head -c 3000 snapshots/2.3.0-inc/_metadata && exec sleep 20; } >in &
writer=$!
env --default-signal=INT stateferry convert "${move[@]}" --force in new &
sleep 1
kill -INT $!
wait $!
kill "$writer"
cat new
ls -A
