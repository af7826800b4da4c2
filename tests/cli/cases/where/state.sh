rules <<'E'
steps: [{id: a, uses: assert.none, where: {operator: {state: "*"}}}]
E
stateferry convert -r rules.yaml --dry-run snapshots/1.9.3-heap 2>&1 | sed -n 1,4p
