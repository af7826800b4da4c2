stateferry convert --spool "${move[@]}" - - <snapshots/2.3.0-inc/_metadata | sha256sum
