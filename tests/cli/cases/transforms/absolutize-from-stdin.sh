# Nobody knows where stdin came from.
rules <<'E'
steps: [{id: absolute, uses: handle.absolutize}]
E
stateferry convert -r rules.yaml - new <snapshots/2.3.0-heap/_metadata
