# A step that has nothing left to do is worth a warning, and no error.
rules <<'R'
steps:
  - {id: move, uses: uri.replace-prefix, with: {from: "s3://old", to: "s3://new"}}
  - {id: shared, uses: uri.replace-prefix, with: {from: "s3://old/shared", to: "s3://new-shared"}}
R
stateferry rules check rules.yaml
