# Many inputs of stores and disks, each a run of its own; results go below a place in a store, or in their inputs' places.
store
for n in 1 2 3 4 5 6; do
  mkdir -p buckets/bucket-old/job/chk-$n
  cp snapshots/2.3.0-inc/_metadata buckets/bucket-old/job/chk-$n
done
stateferry convert -q "${move[@]}" snapshots/2.3.0-inc wanted
all=(s3://bucket-old/job/chk-{1..6})
said stateferry convert "${move[@]}" -j 4 --out-dir s3://bucket-new/all "${all[@]}" s3://bucket-old/none snapshots/2.3.0-inc
find buckets/bucket-new -type f | sort
find buckets/bucket-new -type f -exec cmp {} wanted/_metadata \;
said stateferry convert "${move[@]}" -j 4 --out-dir down "${all[@]}"
find down -type f -exec cmp {} wanted/_metadata \; -print | sort
said stateferry convert "${move[@]}" --jsonl --in-place -j 4 "${all[@]}" 2>/dev/null | while read -r line; do json .written .output <<<"$line"; done
find buckets/bucket-old -name _metadata -exec cmp {} wanted/_metadata \; -print | sort
