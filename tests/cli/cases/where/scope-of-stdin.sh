rules <<'E'
steps: [{id: a, uses: assert.none, where: {scope: foreign}}]
E
stateferry convert -r rules.yaml --dry-run - <snapshots/2.3.0-inc/_metadata
