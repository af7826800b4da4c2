chmod 000 snapshots/2.3.0-inc/_metadata
without_privileges stateferry convert "${move[@]}" snapshots/2.3.0-inc new
