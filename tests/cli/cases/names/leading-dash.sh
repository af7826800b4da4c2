cp snapshots/1.9.3-heap/_metadata ./-file
stateferry inspect -- -file | sed -n 1,2p
stateferry inspect ./-file | sed -n 1p
