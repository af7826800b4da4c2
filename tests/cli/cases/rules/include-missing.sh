rules <<'E'
include: [common/no-local-paths.yaml]
E
stateferry rules check rules.yaml
