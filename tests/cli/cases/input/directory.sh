stateferry inspect snapshots/2.3.0-inc | sed -n 1p
