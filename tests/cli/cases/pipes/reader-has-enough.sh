# A reader of text that goes away has what it wants: no word of it, and the exit code is the run's own.
set -o pipefail
for command in "inspect snapshots/2.3.0-inc" "dump snapshots/2.3.0-inc" "plugins list" "convert --help"; do
  # shellcheck disable=SC2086  # several words
  {
    sleep 0.3
    stateferry $command
    echo "exit $?" >&2
  } | :
done
mkdir empty
cp snapshots/2.3.0-inc/_metadata empty
stateferry convert -q -r samples/bucket-to-bucket.yaml --set from=s3://bucket-old --set "to=file:$PWD" empty here
{
  sleep 0.3
  stateferry verify here 2>/dev/null
  echo "exit $? of verify, as with a reader" >&2
} | :
