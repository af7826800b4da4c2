stateferry dump snapshots/2.3.0-inc >/dev/full
