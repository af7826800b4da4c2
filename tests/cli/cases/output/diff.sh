stateferry convert "${move[@]}" --diff snapshots/1.9.3-heap/_metadata new
