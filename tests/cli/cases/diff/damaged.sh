# Of a damaged one nothing is said but why.
head -c 400 snapshots/2.3.0-inc/_metadata >cut
stateferry diff snapshots/2.3.0-inc cut
