stateferry convert --spool -r samples/bucket-to-bucket.yaml - - <snapshots/1.9.3-heap/_metadata 2>/dev/null | wc -c
