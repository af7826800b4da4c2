stateferry convert -x snapshots/2.3.0-inc new
