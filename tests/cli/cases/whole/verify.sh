incremental_checkpoint
stateferry verify --all old/chk-2 | cut -c 1 | sort | uniq -c | tr -d ' '
rm old/shared/0853bd75-5c87-4fe8-8837-ca4c62b311e6 old/chk-2/61336249-2845-4966-967e-9b51d8d13e8e
echo more >>"$(ls old/chk-2/dcbd18c4*)"
touch old/chk-2/stray old/shared/of-another-checkpoint
stateferry verify old/chk-2
echo "exit $?"
stateferry verify --json old/chk-2 | json .ok .missing .dangling-relative .differs .strays .findings.0.mark
