stateferry inspect --handles --where 'handle: bytes' snapshots/2.3.0-inc
