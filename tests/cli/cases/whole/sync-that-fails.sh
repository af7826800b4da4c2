# Nothing counts as copied that is not on the disk, and _metadata is not put in place.
incremental_checkpoint
on_a_failing_disk stateferry -q move old/chk-2 new
echo "$? $(find new -type f | wc -l)"
on_a_failing_disk stateferry -q move --no-sync old/chk-2 new
echo "$? $(find new -type f | wc -l)"
on_a_failing_disk stateferry -q self-contain old/chk-2 one
echo "$? $(find one -type f | wc -l)"
