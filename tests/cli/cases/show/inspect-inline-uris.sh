# URIs in state that stands in the metadata itself, however they are written there.
{
  printf '\0\x14s3://old/sink/part-1\0hdfs:/x/y\0{"path":"cosn:\\/\\/b\\/dt\\u003d1"}\x01'
  printf 'oss://b/x' | iconv -f utf-8 -t utf-16be
  printf '\x01\x01http://no/storage'
} >state
python3 "$TOOLS/../support/make_snapshot.py" job 2 --root s3://old/job --no-data --size 10 --state state
stateferry inspect job/chk-1 | sed -n '/note/p; /^URIs/,$p'
stateferry inspect job/chk-1 --json | json .inline-uris .inline-uri-count .inline-uri-places
