# A list of a job's directory is of all that is complete in it, the oldest first.
a_job
stateferry inspect --files --where '{role: incremental-shared}' --top 3 job
stateferry inspect --files --latest --top 1 job
stateferry inspect --json --files job | json .schema .snapshots.0.file .snapshots.3.file
