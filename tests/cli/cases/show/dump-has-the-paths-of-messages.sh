# A path that a message names is found in the dump.
stateferry convert -q "${move[@]}" --dry-run --json --diff snapshots/2.3.0-inc >run.json
for i in 0 5 15; do
  path=$(json ".changes.$i.path" <run.json)
  echo "$path: $(stateferry dump snapshots/2.3.0-inc | count -F "$path: ")"
done
