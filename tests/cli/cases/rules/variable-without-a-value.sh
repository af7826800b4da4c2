rules <<'E'
vars: {to: {type: uri-prefix, env: FLINK_NEW_ROOT, required: true, description: root of the copies}}
steps: [{id: move, uses: uri.replace-prefix, with: {from: "s3://bucket-old", to: "${to}"}}]
E
stateferry convert -r rules.yaml snapshots/1.9.3-heap new
