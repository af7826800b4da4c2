# With their place shared files can be taken over by later checkpoints; a plain copy finds the old ones.
incremental_checkpoint
stateferry self-contain --as . --dry-run --json old/chk-2 new |
  json .restore-modes.CLAIM.restores .restore-modes.CLAIM.goes-on .restore-modes.NO_CLAIM.goes-on .anchored
stateferry self-contain --as . --anchor old/chk-2 new
stateferry self-contain --as . --anchor --json old/chk-2 new |
  json .done-before .restore-modes.CLAIM.goes-on .restore-modes.LEGACY.goes-on .anchored
rm -r old
stateferry verify --strict new
stateferry inspect --json new | json .verdict .relative-files
stateferry dump new | count "\.shared\[.*path: \"file:$PWD/new/"
stateferry dump new | grep -v '\.shared\[' | count 'path: "file:'
mv new elsewhere
stateferry verify elsewhere | count "^+"
