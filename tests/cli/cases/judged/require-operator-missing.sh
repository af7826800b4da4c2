rules <<'E'
require: {operators: ["uid:keyed-uidd"]}
steps: [{id: a, uses: assert.none, where: {uri: {scheme: file}}}]
E
stateferry convert -r rules.yaml snapshots/2.3.0-inc new
