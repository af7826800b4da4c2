stateferry --plugin-dir nowhere inspect snapshots/2.3.0-inc
