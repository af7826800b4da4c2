stateferry -q convert "${move[@]}" --record record.json snapshots/2.3.0-inc/_metadata new
json .schema .stateferry .input.file .output.file .output.written .steps.0.changed .verified <record.json
[[ $(json .input.sha256 <record.json) == $(sha256sum <snapshots/2.3.0-inc/_metadata | cut -c 1-64) ]] && echo "input"
[[ $(json .output.sha256 <record.json) == $(sha256sum <new | cut -c 1-64) ]] && echo "output"
[[ $(json .rules.0.sha256 <record.json) == $(sha256sum <samples/bucket-to-bucket.yaml | cut -c 1-64) ]] && echo "rules"
json .plugins .rules.0.file <record.json
