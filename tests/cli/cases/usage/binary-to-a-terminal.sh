on_terminal stateferry convert --reencode snapshots/2.3.0-inc -
