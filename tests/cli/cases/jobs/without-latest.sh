# Any other command says what is in the directory, and what --latest takes.
a_job
for command in "dump job" "verify job" "plan job" "diff job job/chk-1" "diff job/chk-1 job" "move job new" \
  "self-contain job new" "scan job x" "adopt job"; do
  stateferry $command
  echo "$command: exit $?" >&2
done
