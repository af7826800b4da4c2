stateferry dump snapshots/1.9.3-heap
