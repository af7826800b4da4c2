# Forged metadata may name any file: what lies elsewhere is taken only when somebody says so.
incremental_checkpoint
a=old/shared/708acf89-f2ad-4359-8c84-5e214250dbb6
mkdir "it's secret" && mv "$a" "it's secret/key"
rules <<YAML
steps:
  - {id: a, uses: uri.map-prefix, with: {map: {"file:$PWD/$a": "file:$PWD/it's secret/key"}}}
output: {untouched-uris: allow}
YAML
stateferry convert -q -r rules.yaml --in-place --backup .was old/chk-2 && rm old/chk-2/_metadata.was
stateferry self-contain --as . old/chk-2 new
echo "exit $?, $(ls -d new 2>/dev/null | count .) made"
stateferry self-contain --as . --take-from "$PWD/it's" old/chk-2 new 2>&1 | head -1
stateferry self-contain --as . --json --take-from "it's secret" old/chk-2 new |
  json .roots.0.uri .roots.0.files .roots.1.uri .roots.1.files .roots.1.bytes
stateferry verify --strict new
