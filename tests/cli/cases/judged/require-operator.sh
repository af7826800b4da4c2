# The same uid is found by name in a new file and by its hash in an old one.
rules <<'E'
require: {operators: ["uid:keyed-uid", "hash:0280cff30166c8fe8bb88cc69f845dc0"]}
steps: [{id: a, uses: assert.none, where: {uri: {scheme: file}}}]
E
stateferry convert -r rules.yaml --dry-run snapshots/2.3.0-inc
stateferry convert -r rules.yaml --dry-run snapshots/1.9.3-heap
