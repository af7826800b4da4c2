# A snapshot's directory becomes another one's, which is made; what is called _metadata is the file.
stateferry convert "${move[@]}" snapshots/2.3.0-inc new
stateferry -q convert "${move[@]}" snapshots/2.3.0-inc with-a-slash/
stateferry -q convert "${move[@]}" snapshots/2.3.0-inc new/chk-2/_metadata
mkdir chk-3 && stateferry -q convert "${move[@]}" snapshots/2.3.0-inc chk-3/_metadata
find new with-a-slash chk-3 -type f | sort
# Nothing is left of it when the run fails, or writes nothing.
stateferry -q convert -r samples/bucket-to-bucket.yaml snapshots/2.3.0-inc other 2>&1 | count .
stateferry -q convert "${move[@]}" --dry-run snapshots/2.3.0-inc another
stateferry -q convert "${move[@]}" snapshots/2.3.0-inc no/such || true
ls
