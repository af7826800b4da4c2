rules <<'E'
require: {metadata-version: ">=3"}
steps: [{id: a, uses: assert.none, where: {uri: {scheme: file}}}]
E
stateferry convert -r rules.yaml snapshots/1.9.3-heap new
