# Commands that read say the same of a snapshot in a store as of one on a disk.
store
mkdir -p buckets/bucket-old/job
cp -r "$TOOLS/../../examples/whole/2.3.0-inc/." buckets/bucket-old/job
stateferry adopt s3://bucket-old/job/chk-2
cp -r buckets/bucket-old/job disk
there=s3://bucket-old/job/chk-2
for command in inspect "inspect --json" dump "dump --json"; do
  # shellcheck disable=SC2086
  stateferry $command disk/chk-2 >here 2>&1
  # shellcheck disable=SC2086
  stateferry $command $there 2>&1 | sed "s#$there#disk/chk-2#g" | diff <(sed "s#$there#disk/chk-2#g" here) - >changes && echo "$command: the same"
  head -5 changes
done
said stateferry verify $there
said stateferry self-contain $there s3://bucket-new/own
said stateferry verify --strict s3://bucket-new/own/chk-2
touch -d '3 days ago' buckets/bucket-old/job/shared/stray
said stateferry orphans --root s3://bucket-old/job $there
stateferry rules invert samples/bucket-to-bucket.yaml --set from=s3://bucket-old --set to=s3://bucket-new --against $there >there.yaml
stateferry rules invert samples/bucket-to-bucket.yaml --set from=s3://bucket-old --set to=s3://bucket-new --against disk/chk-2 >here.yaml
sed "s#$there#disk/chk-2#" there.yaml | diff here.yaml - && tail -n +2 here.yaml
