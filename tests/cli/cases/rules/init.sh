stateferry rules init snapshots/2.3.0-inc
stateferry rules init snapshots/2.3.0-inc s3://bucket-old/flink/inc/0e7720de630c3241f2d99c2d3b07ebb7/shared/below
echo $?
stateferry rules init snapshots/2.3.0-inc-entropy s3://bucket-new/flink
