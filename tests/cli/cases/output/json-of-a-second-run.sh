stateferry -q convert "${move[@]}" snapshots/2.3.0-inc new
stateferry convert "${move[@]}" --json --dry-run new | json .dry-run .written .changed .already-applied .path .steps.0.already
