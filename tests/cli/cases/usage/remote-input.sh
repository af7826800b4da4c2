stateferry convert --reencode s3://bucket-old/flink/chk-2/_metadata out
