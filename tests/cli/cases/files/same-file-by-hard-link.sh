ln snapshots/2.3.0-inc/_metadata link
stateferry convert "${move[@]}" --force snapshots/2.3.0-inc link
