# What a run writes is nothing that it reads or writes otherwise, by whatever name, whatever --force says.
cp -r snapshots/2.3.0-inc in
cp samples/bucket-to-bucket.yaml rules.yaml
cp rules.yaml included.yaml
rules <<<'include: [included.yaml]'
echo "an-uid" >uids
ln -s in link
ln in/_metadata hard
mkdir new
to=(-r rules.yaml --set from=s3://bucket-old --set to=s3://bucket-new --force)
sums() { sha256sum in/_metadata rules.yaml included.yaml uids; }
sums >before
refused() {
  echo "$ stateferry $*" >&2
  stateferry "$@"
  echo "exit $?" >&2
}
refused convert "${to[@]}" in/_metadata out --record in/_metadata
refused convert "${to[@]}" in/_metadata out --record link/_metadata
refused convert "${to[@]}" in/_metadata out --record hard
refused convert "${to[@]}" in/_metadata out --record rules.yaml
refused convert "${to[@]}" in/_metadata out --record included.yaml
refused convert "${to[@]}" in/_metadata out --uids uids --record uids
refused convert "${to[@]}" in/_metadata out --record out
refused convert "${to[@]}" in/_metadata new/../out --record "$PWD/out"
refused convert "${to[@]}" in/_metadata rules.yaml
refused convert "${to[@]}" --out-dir . in hard/../hard snapshots/2.3.0-heap
refused convert "${to[@]}" --in-place in link
refused convert "${to[@]}" --in-place in --record in/_metadata.bak
refused rules test rules.yaml --junit rules.yaml --force
refused rules test rules.yaml --junit included.yaml --force
sums | diff before - && echo "nothing was changed"
ls
