for snapshot in snapshots/*; do
  stateferry dump --json --bytes "$snapshot" | json .schema
done | sort | uniq -c | sed 's/^ *//'
