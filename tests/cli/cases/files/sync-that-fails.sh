# What is not on the disk is not done; --no-sync asks for nothing.
on_a_failing_disk stateferry -q convert "${move[@]}" snapshots/2.3.0-inc/_metadata new
echo "$? $(ls)"
cp snapshots/2.3.0-inc/_metadata mine
on_a_failing_disk stateferry -q convert "${move[@]}" --in-place mine
echo "$? $(ls)"
on_a_failing_disk stateferry -q convert "${move[@]}" --out-dir below snapshots/2.3.0-inc
echo "$? $(find below -type f)"
on_a_failing_disk stateferry -q convert "${move[@]}" --no-sync --in-place mine
echo "$? $(ls)"
