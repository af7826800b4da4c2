stateferry convert --reencode snapshots/1.9.3-heap/_metadata again
