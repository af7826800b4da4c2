rules <<'E'
steps:
  - id: to-hdfs
    uses: uri.regex
    with: {pattern: 's3://(?P<bucket>[^/]+)/flink/(?P<p>.*)', to: "hdfs://nn:8020/{bucket}/{p}"}
E
stateferry convert -r rules.yaml snapshots/1.9.3-heap/_metadata new
locations new | sed -n 1p
stateferry convert -r rules.yaml new again
cmp new again && echo "the same"
