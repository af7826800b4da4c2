# Nothing is printed of a file that is not whole, wherever it is cut.
for ((n = 8; n < 5631; n += 251)); do
  head -c "$n" snapshots/2.3.0-inc/_metadata >in
  for how in "dump" "dump --json" "inspect" "plan"; do
    # shellcheck disable=SC2086  # two words
    stateferry -q $how in 2>messages
    echo "$? $(grep -o 'E-FORMAT-[A-Z]*' messages)"
  done
done | sort | uniq -c | sed 's/^ *//'
