# IN and OUT in stores: what comes out is what comes out on a disk, and the source is only read.
store
mkdir -p buckets/bucket-old/flink/job/chk-2
cp snapshots/2.3.0-inc/_metadata buckets/bucket-old/flink/job/chk-2
old=s3://bucket-old/flink/job/chk-2 new=s3://bucket-new/flink/job/chk-2
stateferry convert -q "${move[@]}" snapshots/2.3.0-inc wanted
before=$(contents buckets/bucket-old)
same() { cmp "$1" wanted/_metadata && echo "as on a disk: $1"; }

said stateferry convert "${move[@]}" $old $new
same buckets/bucket-new/flink/job/chk-2/_metadata
said stateferry convert "${move[@]}" $old $new
said stateferry convert "${move[@]}" --force $old $new
said stateferry convert "${move[@]}" $old/_metadata s3a://bucket-new/other/_metadata
same buckets/bucket-new/other/_metadata
said stateferry convert "${move[@]}" $old local
same local/_metadata
stat -c '%a' local local/_metadata
said stateferry convert "${move[@]}" snapshots/2.3.0-inc s3://bucket-new/up
same buckets/bucket-new/up/_metadata
stateferry convert -q "${move[@]}" - s3n://bucket-new/in <snapshots/2.3.0-inc/_metadata
same buckets/bucket-new/in/_metadata
stateferry convert -q "${move[@]}" $old - >out
same out
said stateferry convert "${move[@]}" s3://bucket-old/nothing s3://bucket-new/nothing
ls buckets/bucket-new
[[ $before == "$(contents buckets/bucket-old)" ]] && echo "the source is as it was"
ls -A "$TMPDIR"
