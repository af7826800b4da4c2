rules <<'E'
steps:
  - id: segments
    uses: uri.replace-prefix
    with: {from: "s3://bucket-old", to: "s3://segments"}
    where: {handle: segment-file}
  - id: directories
    uses: uri.replace-prefix
    with: {from: "s3://bucket-old", to: "s3://directories"}
    where: {handle: directory}
E
stateferry convert -r rules.yaml snapshots/2.3.0-merge-inc/_metadata new
locations new | cut -d / -f 1-3 | sort | uniq -c | sed 's/^ *//'
