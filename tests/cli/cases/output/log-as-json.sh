stateferry --log-format json convert "${move[@]}" snapshots/2.3.0-inc/_metadata new 2>log
while read -r line; do json .level <<<"$line"; done <log
sed -E 's/"time":"[^"]*"/"time":"…"/' log
