# Nothing counts as copied that is not on the disk, and _metadata is not put in place.
incremental_checkpoint
# Which file is told first is a matter of threads.
codes() {
  on_a_failing_disk "$@" 2>&1 | grep -o 'E-IO-SYNC' | sort -u
}
codes stateferry -q move old/chk-2 new
echo "$? $(find new -type f 2>/dev/null | wc -l)"
on_a_failing_disk stateferry -q move --no-sync old/chk-2 new
echo "$? $(find new -type f 2>/dev/null | wc -l)"
codes stateferry -q self-contain --as . old/chk-2 one
echo "$? $(find one -type f 2>/dev/null | wc -l)"
# What another program has copied may still be in memory only.
stateferry -q move old/chk-2 copied
codes stateferry -q move --delete-source --not-looked-at snapshots --not-looked-at new old/chk-2 copied
echo "$? $(find old -type f | wc -l)"
