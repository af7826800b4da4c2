# Both name locations, and both are told in one run.
rules <<'R'
steps:
  - {id: one-place, uses: assert.all, with: {prefix: "s3://bucket-old/flink"}}
  - {id: no-chk, uses: assert.count, with: {count: 0, glob: "s3://bucket-old/**/shared/*"}}
  - {id: enough, uses: assert.count, with: {count: ">=16"}}
  - {id: wrong, uses: assert.all, with: {contains: "/chk-"}, where: {uri: {glob: "**/shared/*"}}}
R
stateferry convert -r rules.yaml --dry-run snapshots/2.3.0-inc
