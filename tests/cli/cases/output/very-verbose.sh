# cli.md: -vv for plugin loading.
stateferry -vv convert "${move[@]}" snapshots/2.3.0-inc/_metadata new
