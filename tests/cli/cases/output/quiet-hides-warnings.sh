rules <<'E'
steps: [{id: shared-only, uses: uri.replace-prefix, with: {from: "s3://nowhere", to: "s3://bucket-new"}}]
output: {untouched-uris: warn}
E
stateferry -q convert -r rules.yaml snapshots/1.9.3-heap new
