stateferry convert "${move[@]}" - - <snapshots/2.3.0-inc/_metadata | sha256sum
stateferry -q convert "${move[@]}" snapshots/2.3.0-inc/_metadata file
sha256sum <file
