rules <<'E'
vars: {to: {type: uri-prefix, env: FLINK_NEW_ROOT, required: true, description: root of the copies}}
steps: [{id: move, uses: uri.replace-prefix, with: {from: "s3://bucket-old", to: "${to}"}}]
E
FLINK_NEW_ROOT=s3://from-env stateferry -q convert -r rules.yaml snapshots/1.9.3-heap one
FLINK_NEW_ROOT=s3://from-env stateferry -q convert -r rules.yaml --set to=s3://from-set snapshots/1.9.3-heap two
locations one | sed -n 1p
locations two | sed -n 1p
