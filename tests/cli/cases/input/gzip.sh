gzip -n <snapshots/2.3.0-inc/_metadata >in
stateferry inspect in
