stateferry inspect - <snapshots/2.3.0-inc/_metadata | sed -n 1,3p
stateferry dump - <snapshots/2.3.0-inc/_metadata | cmp - <(stateferry dump snapshots/2.3.0-inc) && echo "the same dump"
