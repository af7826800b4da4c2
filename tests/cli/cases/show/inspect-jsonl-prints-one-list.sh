stateferry inspect --jsonl snapshots/2.3.0-inc
echo $?
stateferry inspect --jsonl --json --files snapshots/2.3.0-inc
echo $?
stateferry inspect --where 'role: master' snapshots/2.3.0-inc
