# Neither a secret variable nor the environment may be in it.
rules <<'E'
vars: {token: {secret: true, env: TOKEN, required: true}}
steps: [{id: move, uses: uri.regex, with: {pattern: "s3://bucket-old/(?P<p>.*)", to: "s3://bucket-new/${token}/{p}"}}]
E
TOKEN=hunter2 stateferry -q convert -r rules.yaml --record record.json snapshots/2.3.0-inc new
count hunter2 <record.json
locations new | sed -n 1p
