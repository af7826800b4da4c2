stateferry inspect snapshots/2.3.0-heap
