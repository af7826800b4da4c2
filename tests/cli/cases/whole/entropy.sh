stateferry plan --base-uri s3://bucket-old/flink/inc/b6e51ebfc39a207da51dcc0f8bc9cb20/chk-2 \
  snapshots/2.3.0-inc-entropy s3://bucket-new/flink
