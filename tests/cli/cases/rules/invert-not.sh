# A snapshot in which the old and the new place can't be told apart any more.
rules <<'R'
steps: [{id: move, uses: uri.replace-prefix, with: {from: "s3://bucket-old/flink/heap", to: "s3://bucket-old/moved"}, where: {role: managed-keyed}}]
output: {untouched-uris: allow}
R
stateferry -q convert -r rules.yaml snapshots/1.9.3-heap half
sed -i 's/managed-keyed/managed-operator/; s/id: move/id: rest/' rules.yaml
stateferry -q rules invert rules.yaml --against half >half.yaml; echo $?
sed -i 's/, where: {role: managed-operator}//' rules.yaml
stateferry rules invert rules.yaml --against half
