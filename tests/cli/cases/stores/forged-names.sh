# Metadata that tries to make rclone run a command, or to look elsewhere: refused before rclone is started.
forged() {
  rm -rf job
  python3 "$TOOLS/../support/make_snapshot.py" job 2 --no-data --root "$1"
  stateferry verify -q job/chk-1
  echo "exit $?" >&2
}
forged "abfss://con@x,type=webdav,url='http:',bearer_token_command='touch PWNED'/d"
forged "abfss://con,type=webdav,bearer_token_command='touch PWNED'@acct.dfs.core.windows.net/d"
forged "s3://buc,endpoint='http:'/d"
forged "s3n://KEY:SECRET@bucket-old/d"
forged "gs://:local,x=y/d"
forged "oss://Bucket_old/d"
forged "hdfs://nn:8020,x/d"
forged "hdfs:///d"
forged "s3://bucket-old/d/$(printf '\xef\xbc\x8e\xef\xbc\x8e')/x"
ls
