stateferry convert "${move[@]}" --json snapshots/2.3.0-inc new >/dev/full
