stateferry convert "${move[@]}" --force snapshots/2.3.0-inc snapshots/2.3.0-inc
