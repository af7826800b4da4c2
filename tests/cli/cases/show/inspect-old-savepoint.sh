stateferry inspect snapshots/1.9.3-heap
