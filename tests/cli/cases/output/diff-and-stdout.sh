# stdout is the snapshot, so the diff goes to stderr.
stateferry convert "${move[@]}" --diff snapshots/1.9.3-heap - | sha256sum
stateferry -q convert "${move[@]}" snapshots/1.9.3-heap - | sha256sum
