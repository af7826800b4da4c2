# A download that "mended" line ends or encodings.
LC_ALL=C sed 's/\x00/ /g' snapshots/2.3.0-inc/_metadata >in
stateferry convert "${move[@]}" in new
