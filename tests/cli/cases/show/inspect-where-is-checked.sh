stateferry inspect --files --where '{rol: incremental-shared, scope: [here]}' snapshots/2.3.0-inc
