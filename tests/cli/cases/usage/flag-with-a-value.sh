stateferry move snapshots/2.3.0-inc new --dry-run=maybe
