# Not even in a message about it.
rules <<'E'
vars: {target: {type: uri-prefix, secret: true, env: TARGET, required: true}}
steps: [{id: move, uses: uri.replace-prefix, with: {from: "s3://bucket-old", to: "${target}"}}]
E
TARGET=hunter2 stateferry convert -r rules.yaml snapshots/1.9.3-heap new
