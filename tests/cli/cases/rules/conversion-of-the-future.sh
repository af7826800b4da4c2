rules <<'E'
steps: [{id: a, uses: assert.none, where: {uri: {scheme: file}}}]
output: {metadata-version: 4, flink: "1.18", handles: relative}
E
stateferry rules check rules.yaml
