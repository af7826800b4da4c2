stateferry convert --to 3 snapshots/1.9.3-heap out
