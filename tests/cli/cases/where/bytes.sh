# Names of inline handles look like paths but are none: they change only when asked for.
rules <<'E'
steps:
  - id: names
    uses: uri.replace-prefix
    with: {from: "s3://bucket-old", to: "s3://bucket-new"}
    where: {handle: bytes}
output: {untouched-uris: allow}
E
stateferry convert -r rules.yaml snapshots/2.3.0-inc/_metadata new
stateferry dump new | count 'handle_name: "s3://bucket-new'
