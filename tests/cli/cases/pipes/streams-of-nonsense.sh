# What is no metadata is refused by its first bytes; what is no text of people, by its kind or its size.
refused() {
  "$@"
  echo "exit $?" >&2
}
for command in "inspect" "dump" "convert --reencode --dry-run" "convert --reencode --spool --dry-run" \
  "convert --reencode --dry-run --record record" "rules invert ${move[1]} ${move[*]:2} --against"; do
  echo "$ yes | stateferry $command -" >&2
  # shellcheck disable=SC2086
  yes | refused timeout 20 stateferry $command -
  # shellcheck disable=SC2086
  refused timeout 20 stateferry $command <(yes) 2>&1 | sed 's/pipe:.*:/FD:/; s/^[^ ]*fd.[0-9]*:/FD:/' >&2
done
echo "texts:" >&2
truncate -s 10G large.yaml
mkfifo pipe
mkdir folder
for file in /dev/zero large.yaml folder; do
  refused stateferry rules check $file
  refused stateferry inspect --uids $file snapshots/2.3.0-inc
  refused stateferry verify --config $file snapshots/2.3.0-inc
  refused stateferry copy $file --journal j
done
refused stateferry inspect /dev/zero
rules <<<'include: [large.yaml]'
refused stateferry rules check rules.yaml
yes | refused stateferry rules check /dev/stdin
refused stateferry rules check <(cat samples/bucket-to-bucket.yaml) | sed 's/^[^:]*:/FD:/'
ls
