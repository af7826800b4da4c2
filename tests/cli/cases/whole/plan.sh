base=s3://bucket-old/flink/inc/0e7720de630c3241f2d99c2d3b07ebb7
plan() {
  stateferry plan --base-uri "$base/chk-2" snapshots/2.3.0-inc "$@"
}
plan | head -2
plan s3a://bucket-new/job 2>/dev/null | sed -n 2p
plan -q s3a://bucket-new/job --jsonl | head -1
plan -q s3a://bucket-new/job --json | json .schema .root .target .metadata .files.25.role
plan -q s3a://bucket-new/job --format rclone | tail -1
plan -q s3a://bucket-new/job --format s5cmd | tail -1
plan -q s3a://bucket-new/job --format distcp --into s3a://bucket-new/job/shared | tail -1
plan -q s3a://bucket-new/flink/inc/0e7720de630c3241f2d99c2d3b07ebb7 --format s3-batch | tail -1
plan -q --since snapshots/2.3.0-inc s3a://bucket-new/job | count bucket-new/job/shared
plan -q -r samples/bucket-to-bucket.yaml --set from=s3://bucket-old/flink --set to=s3://bucket-new/flink | tail -1
plan s3://bucket-new/job --format s3-batch
