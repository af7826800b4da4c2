stateferry -q convert "${move[@]}" --dry-run --record record.json snapshots/2.3.0-inc
json .output .steps.0.changed <record.json
