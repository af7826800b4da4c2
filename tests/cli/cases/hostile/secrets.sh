# What gives access is never told to people: not keys in URIs, not signatures.
python3 "$TOOLS/../support/make_snapshot.py" job 2 --no-data --root "s3n://AKIAKEY:s3cr3t/key@bucket-old/x?sig=aBcD%3D"
rules <<'END'
steps:
  - id: move
    uses: uri.replace-prefix
    with: {from: "s3n://AKIAKEY:s3cr3t/key@bucket-old", to: "s3://new"}
END
leaks() {
  echo "$ stateferry $*"
  stateferry "$@" >out.txt 2>&1
  echo "exit $?, $(grep -c -e s3cr3t -e aBcD out.txt) lines with a secret"
}
leaks inspect job/chk-1
leaks convert -r rules.yaml job/chk-1 out --diff --record record
leaks convert -r rules.yaml job/chk-1 out --diff --log-format json
leaks verify job/chk-1
leaks verify job/chk-1 --log-format json
leaks move job/chk-1 new
leaks self-contain job/chk-1 new
leaks verify "s3n://AKIAKEY:s3cr3t@bucket-old/chk-1"
leaks inspect "https://host/_metadata?sig=aBcD"
leaks rules check rules.yaml
echo "$(grep -c -e s3cr3t -e aBcD record) in the record"
