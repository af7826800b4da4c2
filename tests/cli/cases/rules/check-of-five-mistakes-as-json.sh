cat >rules.yaml <<'E'
rules: "v1"
name: five mistakes
steps:
  - id: move
    uses: uri.replace-prefix
    with: {form: "s3://bucket-old", to: "bucket-new"}
    expect: {unmatchd: 0}
  - id: move
    uses: uri.replace-prefx
output: {untouched-uris: perhaps}
E
stateferry rules check --json rules.yaml
