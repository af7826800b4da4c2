cat >common.yaml <<'E'
rules: "v1"
steps: [{id: first, uses: assert.none, with: {prefix: "file:/tmp"}}]
E
rules <<'E'
include: [common.yaml]
steps:
  - id: deeper
    uses: uri.replace-prefix
    with: {from: "s3://bucket-old", to: "s3://bucket-old/moved"}
    accept: [nested-target]
E
stateferry -q convert -r rules.yaml --record record.json snapshots/2.3.0-inc new
json .hazards-accepted .rules.0.file .rules.1.file .plugins <record.json
