# The words of rule files, and as many files as handles that they select.
where='{operator: "uid:keyed-uid", role: [incremental-shared, incremental-private]}'
stateferry inspect --files --where "$where" --jsonl snapshots/2.3.0-inc >files
wc -l <files
stateferry inspect --handles --where "$where" --jsonl snapshots/2.3.0-inc | wc -l
stateferry inspect --files --where "$where" --sort file --top 1 --jsonl snapshots/2.3.0-inc
stateferry inspect --files --where 'scope: foreign' --jsonl snapshots/2.3.0-inc | wc -l
