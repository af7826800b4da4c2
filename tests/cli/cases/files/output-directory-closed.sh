mkdir closed
chmod 555 closed
without_privileges stateferry convert "${move[@]}" snapshots/2.3.0-inc closed/_metadata
