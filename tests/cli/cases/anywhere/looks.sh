# What writes nothing, and what is written beside the result, of an input in a store.
store
mkdir -p buckets/bucket-old/flink/job/chk-2
cp snapshots/2.3.0-inc/_metadata buckets/bucket-old/flink/job/chk-2
old=s3://bucket-old/flink/job/chk-2
for how in "--dry-run --diff" "--dry-run --json" "--explain-target 1.20"; do
  # shellcheck disable=SC2086
  stateferry convert "${move[@]}" $how $old >there 2>&1
  # shellcheck disable=SC2086
  stateferry convert "${move[@]}" $how snapshots/2.3.0-inc >here 2>&1
  sed "s#$old#snapshots/2.3.0-inc#" there | diff here - && echo "$how: the same"
done
stateferry convert -q "${move[@]}" --record record.json $old s3://bucket-new/x
json .input.file .input.sha256 .output.file .output.written .output.sha256 <record.json
sha256sum buckets/bucket-new/x/_metadata | cut -d ' ' -f 1
# The directory of the input is where it lies.
rules <<'END'
steps: [{id: relative, uses: handle.relativize}]
END
stateferry convert -r rules.yaml --dry-run $old
stateferry convert -q "${move[@]}" $old s3://bucket-new/there --record s3://bucket-new/record.json
