stateferry inspect --operators --where 'operator: {name: "key*"}' snapshots/1.9.3-inc
