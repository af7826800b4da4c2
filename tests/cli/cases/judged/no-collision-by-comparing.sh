# What an expression makes of a text only the text itself shows, so all results are compared.
rules <<'E'
steps:
  - id: scheme
    uses: uri.regex
    with: {pattern: "s3n?://(?P<rest>.*)", to: "s3a://{rest}"}
E
stateferry convert -r rules.yaml snapshots/1.9.3-heap/_metadata new
