rules <<'E'
steps: [{id: bad, uses: uri.regex, with: {pattern: "s3://bucket-old/(?P<p>.*)", to: "s3://bucket-new//{p}"}}]
E
stateferry convert -r rules.yaml snapshots/1.9.3-heap new
