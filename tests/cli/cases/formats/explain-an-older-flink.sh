# Nothing is written, and what would be lost is no failure.
stateferry convert --explain-target 1.20 snapshots/2.3.0-inc
ls
