# Patterns on uids, and inspect, with the names that a newer snapshot of the job holds.
stateferry inspect --json snapshots/2.3.0-inc >uids.json
rules <<'R'
steps:
  - {id: move, uses: uri.replace-prefix, with: {from: "s3://bucket-old", to: "s3://bucket-new"}, where: {operator: {uid: "keyed-*", name: "keye?"}}}
output: {untouched-uris: allow}
R
stateferry convert -r rules.yaml --uids uids.json --diff snapshots/1.9.3-inc/_metadata new | sed -n 1,4p
stateferry inspect --uids uids.json snapshots/1.9.3-inc | sed -n '/^operators/,/^handles/p'
rules <<'R'
steps: [{id: retire, uses: operator.drop, with: {operators: ["uid:raw-*"]}, accept: [loses-state]}]
R
printf '%s\n' raw-uid keyed-uid >uids.txt
stateferry -q convert -r rules.yaml --uids uids.txt --json snapshots/1.9.3-inc/_metadata smaller | json .steps.0.changed
