rules <<'E'
steps:
  - id: scheme
    uses: uri.scheme
    with: {from: [s3, s3n], to: s3a}
E
stateferry convert -r rules.yaml snapshots/1.9.3-heap new
