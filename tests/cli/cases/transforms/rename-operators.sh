# There and back gives the same bytes; again, nothing is left to do.
rules <<'R'
steps:
  - id: rename
    uses: operator.rename
    with:
      strict: true
      map: {source-b-uid: orders, "hash:4551bc7a44239d222055501a83d275a0": "uid:slow"}
    expect: {changed: "<=2"}
R
stateferry convert -r rules.yaml --diff snapshots/2.3.0-inc/_metadata there
stateferry convert -r rules.yaml there again
rules <<'R'
steps:
  - id: back
    uses: operator.rename
    with: {map: {orders: source-b-uid, slow: 4551bc7a44239d222055501a83d275a0}}
R
stateferry -q convert -r rules.yaml there back
cmp back snapshots/2.3.0-inc/_metadata && echo "the same"
