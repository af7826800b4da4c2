stateferry convert -r samples snapshots/2.3.0-inc new
