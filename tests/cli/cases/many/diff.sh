stateferry convert "${move[@]}" --dry-run --diff --out-dir moved snapshots/1.9.3-heap snapshots/2.3.0-heap | sed -n 1,4p
[[ -e moved ]] || echo "nothing is written"
