# A savepoint of 1.9 for the newest format, said to be what it is, and back.
stateferry convert --to 6 --snapshot savepoint-canonical snapshots/1.9.3-heap/_metadata new
stateferry inspect new | sed -n 3,6p
stateferry convert --to 2 --on-loss report new back 2>/dev/null
cmp back snapshots/1.9.3-heap/_metadata && echo same
