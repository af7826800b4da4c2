stateferry inspect --base-uri s3://bucket-old/flink/heap/savepoint-bddc6d-e113c123800c snapshots/1.9.3-heap | grep verdict
