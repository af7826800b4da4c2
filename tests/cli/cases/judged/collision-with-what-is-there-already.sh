# Half of it was moved before; what is moved now must not become what is there.
a=$(locations snapshots/1.9.3-heap | sed -n 1p)
b=$(locations snapshots/1.9.3-heap | sed -n 2p)
rules <<E
steps: [{id: half, uses: uri.map-prefix, with: {map: {"$a": "s3://bucket-new/x"}}}]
output: {untouched-uris: allow}
E
stateferry -q convert -r rules.yaml snapshots/1.9.3-heap/_metadata half
rules <<E
steps: [{id: rest, uses: uri.map-prefix, with: {map: {"$b": "s3://bucket-new/x"}}}]
output: {untouched-uris: allow}
E
stateferry convert -r rules.yaml half new
