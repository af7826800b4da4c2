rules <<'E'
steps:
  - {id: a, uses: uri.regex, with: {pattern: "s3://(", to: "s3://b"}}
  - {id: b, uses: uri.regex, with: {pattern: "s3://(?P<path>.*)", to: "s3://b/{pth}"}}
  - {id: c, uses: uri.regex, with: {pattern: "s3://(?!x).*", to: "s3://b"}}
E
stateferry rules check rules.yaml
