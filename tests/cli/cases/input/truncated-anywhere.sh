# Cut at any of many places it is bad input, and nothing is written.
for ((n = 8; n < 5631; n += 251)); do
  head -c "$n" snapshots/2.3.0-inc/_metadata >in
  stateferry -q convert "${move[@]}" in new 2>/dev/null
  echo "$?"
done | sort | uniq -c | sed 's/^ *//'
[[ -e new ]] || echo "nothing is written"
