stateferry -q convert "${move[@]}" snapshots/2.3.0-inc new
stateferry convert "${move[@]}" --dry-run new
