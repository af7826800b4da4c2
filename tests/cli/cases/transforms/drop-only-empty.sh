# An operator without state goes without a hazard; one with state stops the run.
rules <<'R'
steps: [{id: leftovers, uses: operator.drop, with: {operators: ["name:slow"], only-empty: true}}]
R
stateferry convert -r rules.yaml --diff --record record.json snapshots/2.3.0-inc/_metadata new
json .hazards-accepted .changed-operators <record.json
rules <<'R'
steps: [{id: leftovers, uses: operator.drop, with: {operators: ["name:slow", "name:keyed"], only-empty: true}}]
R
stateferry convert -r rules.yaml snapshots/2.3.0-inc/_metadata none
