# The loss must be accepted, and the record tells of it.
rules <<'R'
steps: [{id: retire, uses: operator.drop, with: {operators: ["name:Source: source-?"]}}]
R
stateferry rules check rules.yaml
rules <<'R'
steps:
  - id: retire
    uses: operator.drop
    with: {operators: ["name:Source: source-?"]}
    accept: [loses-state]
R
stateferry convert -r rules.yaml --diff --record record.json snapshots/2.3.0-inc/_metadata new
json .hazards-accepted .changed-operators <record.json
stateferry inspect --json new | json .operators | count '"operator-uid": "source-'
# Nothing to drop is no error.
stateferry convert -r rules.yaml --json new again | json .changed .already-applied .steps.0.selected .steps.0.unmatched
stateferry -q convert -r rules.yaml snapshots/1.9.3-heap/_metadata old
