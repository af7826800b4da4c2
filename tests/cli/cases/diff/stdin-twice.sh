stateferry diff - - <snapshots/2.3.0-inc/_metadata
