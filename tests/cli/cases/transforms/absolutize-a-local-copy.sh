rules <<'E'
steps: [{id: absolute, uses: handle.absolutize}]
E
stateferry -q convert -r rules.yaml snapshots/2.3.0-heap new
locations new | sed -n 1p
