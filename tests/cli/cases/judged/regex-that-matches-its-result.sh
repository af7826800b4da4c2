rules <<'E'
steps: [{id: again, uses: uri.regex, with: {pattern: "s3://(?P<p>.*)", to: "s3://new/{p}"}}]
E
stateferry convert -r rules.yaml snapshots/1.9.3-heap new
