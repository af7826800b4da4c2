stateferry move snapshots/2.3.0-inc new --jobs 0
