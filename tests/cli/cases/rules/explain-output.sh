# Reviewers sign what is printed, so the printed file does what the file does.
rules <<'END'
steps:
  - {id: move, uses: uri.replace-prefix, with: {from: "s3://bucket-old", to: "s3://new"}}
output:
  metadata-version: 4
  flink: "1.20"
  handles: absolute
  snapshot: checkpoint
  on-loss: report
  untouched-uris: fail
END
stateferry rules explain rules.yaml >explained.yaml && sed -n '/^output/,$p' explained.yaml
stateferry convert -q --base-uri s3://bucket-old/x -r rules.yaml snapshots/2.3.0-inc one 2>/dev/null
stateferry convert -q --base-uri s3://bucket-old/x -r explained.yaml snapshots/2.3.0-inc two 2>/dev/null
cmp one/_metadata two/_metadata && stateferry inspect one --json | json .format-version
