# The sums are of what went through the pipes.
stateferry -q convert "${move[@]}" --record record.json - - <snapshots/2.3.0-inc/_metadata >new
json .input.file .output.file <record.json
[[ $(json .input.sha256 <record.json) == $(sha256sum <snapshots/2.3.0-inc/_metadata | cut -c 1-64) ]] && echo "input"
[[ $(json .output.sha256 <record.json) == $(sha256sum <new | cut -c 1-64) ]] && echo "output"
