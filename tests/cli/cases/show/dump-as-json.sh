stateferry dump --json snapshots/1.9.3-heap | tee document | sed -n 1,12p
json .schema .format_version .operators.0.id <document
