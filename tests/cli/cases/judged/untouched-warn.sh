rules <<'E'
steps: [{id: move, uses: uri.replace-prefix, with: {from: "s3://other", to: "s3://bucket-new"}}]
output: {untouched-uris: warn}
E
stateferry convert -r rules.yaml snapshots/1.9.3-heap/_metadata new
cmp snapshots/1.9.3-heap/_metadata new && echo "a byte copy"
