# Variables without a value are no problem for a check, only for a run.
rules <<'E'
vars: {to: {type: uri-prefix, required: true, description: root of the copies}}
steps: [{id: move, uses: uri.replace-prefix, with: {from: "s3://bucket-old", to: "${to}"}}]
E
stateferry rules check rules.yaml
stateferry convert -r rules.yaml snapshots/2.3.0-inc new
