stateferry inspect --operators --sort name --where 'operator: {name: "Source: *"}' snapshots/2.3.0-inc | tail -n +7
stateferry inspect --operators --jsonl --top 1 snapshots/2.3.0-inc
