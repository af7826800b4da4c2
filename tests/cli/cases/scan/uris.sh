# Without a STRING: every URI of a storage that no handle's path is; exit code 0.
printf 'x hdfs://nn/old/sink y {"p":"s3:\\/\\/other\\/z"}' >state
python3 "$TOOLS/../support/make_snapshot.py" job 8 --no-data --root s3://old-bucket/job --state state
stateferry scan job/chk-1
echo "exit $?"
stateferry scan - <job/chk-1/_metadata | count hdfs
