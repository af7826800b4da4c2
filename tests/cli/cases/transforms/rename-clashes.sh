rules <<'R'
steps:
  - {id: rename, uses: operator.rename, with: {map: {source-a-uid: raw-uid}}}
R
stateferry -q convert -r rules.yaml snapshots/2.3.0-inc new
rules <<'R'
steps:
  - {id: rename, uses: operator.rename, with: {strict: true, map: {source-z-uid: z, raw-uid: r}}}
R
stateferry -q convert -r rules.yaml snapshots/2.3.0-inc new
rules <<'R'
steps:
  - {id: rename, uses: operator.rename, where: {role: master}, with: {map: {a: b, b: c, "hash:1": d}}}
R
stateferry rules check rules.yaml
