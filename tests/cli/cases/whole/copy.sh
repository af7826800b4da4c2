incremental_checkpoint
stateferry plan -q old/chk-2 new >plan.csv
stateferry copy plan.csv
rm new/shared/*1
stateferry copy --json plan.csv | json .files .copied .resumed
tail -1 plan.csv.journal
stateferry plan -q old/chk-2 >list.csv
stateferry copy list.csv
