# Where locations without a scheme lie when Flink's fs.default-scheme names another file system.
python3 "$TOOLS/../support/make_snapshot.py" job 3 --root /flink/job --no-data --size 10
at=(--base-uri hdfs://nn/flink/job/chk-1 job/chk-1)
stateferry inspect "${at[@]}" --default-scheme hdfs://nn:8020/ --json | json .verdict
stateferry plan "${at[@]}" --default-scheme hdfs://nn:8020 s3://new/job
stateferry plan "${at[@]}" s3://new/job
echo "exit $?" >&2
stateferry move "${at[@]}" --default-scheme hdfs://nn:8020 --dry-run --no-copy --emit-rules move.yaml "$PWD/new" 2>/dev/null
grep '": "' move.yaml
for scheme in hdfs hdfs:nn /data hdfs://nn/data; do
  stateferry verify "${at[@]}" --default-scheme "$scheme"
  echo "exit $?" >&2
done
