stateferry dump --bytes snapshots/2.3.0-inc | sed -n '/coordinator.data/p'
