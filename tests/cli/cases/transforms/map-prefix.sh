# The longest source wins, in any order.
rules <<'E'
steps:
  - id: several
    uses: uri.map-prefix
    with:
      map:
        "s3://bucket-old": "s3://rest"
        "s3://bucket-old/flink/merge-inc/0e0655aee0be77b01c0a6496b2d93276/shared": "s3://shared"
        "s3://bucket-old/flink/merge-inc/0e0655aee0be77b01c0a6496b2d93276/taskowned": "s3://taskowned"
E
stateferry convert -r rules.yaml snapshots/2.3.0-merge-inc/_metadata new
locations new | cut -d / -f 1-3 | sort | uniq -c | sed 's/^ *//'
