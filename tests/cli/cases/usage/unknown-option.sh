stateferry convert --drry-run snapshots/2.3.0-inc
