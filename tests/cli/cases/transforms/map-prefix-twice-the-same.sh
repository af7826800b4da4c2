rules <<'E'
steps: [{id: several, uses: uri.map-prefix, with: {map: {"file:///a/": "s3://x", "file:/a": "s3://y"}}}]
E
stateferry rules check rules.yaml
