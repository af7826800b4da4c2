stateferry convert "${move[@]}" --in-place --backup /../x snapshots/2.3.0-inc
