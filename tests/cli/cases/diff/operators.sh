# Renamed, rescaled and removed operators; the table names both.
rules <<'R'
steps:
  - {id: rename, uses: operator.rename, with: {map: {source-a-uid: orders}}}
  - {id: bound, uses: operator.max-parallelism, where: {operator: "uid:raw-uid"}, with: {value: 999}}
R
stateferry -q convert -r rules.yaml snapshots/2.3.0-inc/_metadata new
echo "converted $?"
stateferry diff --json snapshots/2.3.0-inc new >document
json .operators-changed .operators-renamed .operators-added .operators-removed <document
json .operators.0.changes .operators.1.changes <document
stateferry diff snapshots/2.3.0-inc new
echo "exit $?"
rules <<'R'
steps:
  - {id: drop, uses: operator.drop, accept: [loses-state], with: {operators: [keyed-uid]}}
R
stateferry -q convert -r rules.yaml snapshots/2.3.0-inc/_metadata less
stateferry diff snapshots/2.3.0-inc less
echo "exit $?"
stateferry diff less snapshots/2.3.0-inc --json | json .operators-added .operators.0.changes.0 .operators.0.from
