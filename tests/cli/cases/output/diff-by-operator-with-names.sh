stateferry convert "${move[@]}" --dry-run --diff snapshots/2.3.0-inc | sed -n 1,7p
