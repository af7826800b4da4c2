# Every location moves, nothing else changes, and a second run changes nothing.
before=$(sha256sum snapshots/1.9.3-inc/_metadata)
stateferry convert "${move[@]}" snapshots/1.9.3-inc/_metadata new
echo "$(locations snapshots/1.9.3-inc | wc -l) locations, $(locations new | grep -c '^s3://bucket-new/') moved, $(
  locations new | count -v '^s3://bucket-new/') not"
diff <(locations snapshots/1.9.3-inc | sed 's,^s3://bucket-old/,s3://bucket-new/,') <(locations new)
diff <(stateferry dump snapshots/1.9.3-inc) <(stateferry dump new) | grep '^[<>]' | grep -vE '\.(path|task_owned_dir|shared_dir): "s3://bucket-(old|new)/'
stateferry convert "${move[@]}" new again
cmp new again && echo "the second run gives the same bytes"
[[ $before == $(sha256sum snapshots/1.9.3-inc/_metadata) ]] && echo "the input is as it was"
