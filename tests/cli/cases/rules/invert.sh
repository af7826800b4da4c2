# There and back again gives the same bytes.
rules <<'R'
steps:
  - {id: rename, uses: operator.rename, with: {map: {"uid:keyed-uid": "uid:new-uid"}}}
  - {id: move, uses: uri.replace-prefix, with: {from: "s3://bucket-old", to: "s3://new"}}
R
stateferry -q convert -r rules.yaml snapshots/2.3.0-inc/_metadata moved
stateferry rules invert rules.yaml --against snapshots/2.3.0-inc >back.yaml
cat back.yaml
stateferry -q convert -r back.yaml moved back && cmp back snapshots/2.3.0-inc/_metadata && echo same
stateferry rules invert --json rules.yaml --against - <snapshots/2.3.0-inc/_metadata | json .schema .rules.steps.0.with.to
stateferry rules invert rules.yaml --against moved
