# Before version 5 only the id is stored; the rest of the file stays as it is.
rules <<'R'
steps:
  - {id: rename, uses: operator.rename, with: {map: {source-a-uid: orders}}}
R
stateferry convert -r rules.yaml --diff --json snapshots/1.9.3-inc/_metadata there | json .changed-operators .changes
diff <(stateferry dump snapshots/1.9.3-inc) <(stateferry dump there)
rules <<'R'
steps:
  - {id: back, uses: operator.rename, with: {map: {orders: source-a-uid}}}
R
stateferry -q convert -r rules.yaml there back
cmp back snapshots/1.9.3-inc/_metadata && echo "the same"
