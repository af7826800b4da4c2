# What was replaced in the handles and still stands in state: a warning, and with --fail-on-residual nothing is put in place.
printf 'x s3://bucket-old/flink/sink y s3://bucket-old/flink/other' >state
python3 "$TOOLS/../support/make_snapshot.py" job 8 --no-data --root s3://bucket-old/flink/job --state state
stateferry convert "${move[@]}" job/chk-1/_metadata new
echo "exit $?" >&2
stateferry convert "${move[@]}" --fail-on-residual job/chk-1/_metadata other
echo "exit $?" >&2
stateferry convert "${move[@]}" --fail-on-residual - - <job/chk-1/_metadata --base-uri s3://bucket-old/flink/job/chk-1 | wc -c
stateferry convert "${move[@]}" job/chk-1/_metadata third -q --json | json .residuals
ls
