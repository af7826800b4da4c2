# There is no OUT then: both are inputs.
cp snapshots/2.3.0-inc/_metadata one
cp snapshots/1.9.3-heap/_metadata two
stateferry convert "${move[@]}" --in-place one two
ls -A
