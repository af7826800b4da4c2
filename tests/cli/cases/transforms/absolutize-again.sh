# Absolute handles are not its business, and the snapshot is not called relative.
rules <<'E'
steps: [{id: absolute, uses: handle.absolutize, with: {directory: "s3://claimed/savepoint-1"}}]
E
stateferry -q convert -r rules.yaml snapshots/2.3.0-heap/_metadata new
stateferry convert -r rules.yaml --json new again | json .changed .absolute-uris .locations
cmp new again && echo "the same"
