# An assertion over inline handles looks into the state behind them.
printf '\0\x14s3://old/sink/part-1\0' >state
printf 'broker=kafka.old-cluster:9092 ' >>state
printf 's3://old/sink' | iconv -f utf-8 -t utf-16le >>state
python3 "$TOOLS/../support/make_snapshot.py" job 2 --root s3://new/job --no-data --size 10 --state state
asserts() {
  echo "$1 $2" >&2
  rules <<END
steps:
  - {id: guard, uses: assert.$1, where: {handle: bytes}, with: {$2}}
END
  stateferry convert -q --dry-run -r rules.yaml job/chk-1
  echo "exit $?" >&2
}
asserts none 'prefix: "s3://old"'
asserts none 'contains: old-cluster'
asserts none 'prefix: "s3://other"'
asserts none 'contains: nowhere'
asserts none 'glob: "s3://old/sink"'
asserts all 'prefix: "s3://old"'
asserts count 'contains: old-cluster, count: 1'
stateferry convert -q -r rules.yaml - - <job/chk-1/_metadata >passed && cmp passed job/chk-1/_metadata && echo "the bytes pass"
