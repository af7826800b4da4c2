rules <<'E'
steps: [{id: absolute, uses: handle.absolutize, with: {directory: "s3://claimed/savepoint-1/"}}]
E
stateferry -q convert -r rules.yaml - new <snapshots/2.3.0-heap/_metadata
locations new | sed -n 1p
