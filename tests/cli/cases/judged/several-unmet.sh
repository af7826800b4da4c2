# All that is unmet is told at once.
rules <<'E'
require: {snapshot: savepoint, operators: ["uid:orders-source"]}
steps:
  - id: move
    uses: uri.replace-prefix
    with: {from: "s3://bucket-old/flink", to: "s3://bucket-new/flink"}
    expect: {changed: 1, already: ">=1"}
E
stateferry convert -r rules.yaml snapshots/2.3.0-inc-entropy new 2>&1 | grep -v '^  s3:'
