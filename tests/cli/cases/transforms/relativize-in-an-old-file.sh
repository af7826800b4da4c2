# Flink 1.9 knows no relative handles.
rules <<'R'
vars: {directory: {type: uri-prefix, required: true}}
steps: [{id: relative, uses: handle.relativize, with: {directory: "${directory}"}}]
R
directory=$(locations snapshots/1.9.3-heap | sed -n '1s|/[^/]*$||p')
stateferry -q convert -r rules.yaml --set directory="$directory" snapshots/1.9.3-heap new
