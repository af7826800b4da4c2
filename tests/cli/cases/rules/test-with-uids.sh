# A pattern on uids, tried on a fixture that stores hashes only.
rules <<'R'
steps:
  - {id: move, uses: uri.replace-prefix, with: {from: "s3://bucket-old", to: "s3://new"}, where: {operator: "uid:keyed-*"}}
output: {untouched-uris: allow}
tests:
  - {name: a part moves, fixture: snapshots/1.9.3-inc, expect: {changed: {move: 20}}}
R
echo keyed-uid >uids.txt
stateferry rules test --uids uids.txt rules.yaml
stateferry rules test rules.yaml >failed || grep -c E-RULE-NAMES failed
