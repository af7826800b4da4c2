stateferry move --delete-source --no-sync snapshots/2.3.0-inc new
