stateferry inspect --quite snapshots/2.3.0-inc
