stateferry inspect --files --top 4 --base-uri s3://bucket-old/flink/inc/job/chk-2 snapshots/2.3.0-inc
