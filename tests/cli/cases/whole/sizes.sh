# One decimal, and never 1024.0 of a unit.
incremental_checkpoint
for size in 1023 1024 1048524 1048525 1073741824; do
  truncate -s "$size" old/shared/left-behind
  stateferry orphans --older-than 0 --root old old/chk-2 2>&1 >/dev/null | grep -o '(.*)'
done
