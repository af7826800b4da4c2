# Operators without keyed state can be scaled further; keyed state can't.
rules <<'R'
steps:
  - id: wider
    uses: operator.max-parallelism
    with: {value: 512}
    where: {operator: {name: ["Source: *", "Sink: *"]}}
R
stateferry convert -r rules.yaml --diff snapshots/2.3.0-inc/_metadata new
stateferry inspect --json new | json .operators | grep -o '"operator-max-parallelism": 512' | count .
stateferry convert -r rules.yaml new again
rules <<'R'
steps: [{id: wider, uses: operator.max-parallelism, with: {value: 512}}]
R
stateferry convert -r rules.yaml snapshots/2.3.0-inc/_metadata none
