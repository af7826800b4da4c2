# Includes, variables and --set are resolved; the text is a rule file that does the same.
mkdir common
printf 'rules: "v1"\nsteps: [{id: no-local-files, uses: assert.none, where: {uri: {scheme: file}}}]\n' >common/local.yaml
rules <<'R'
include: [common/local.yaml]
vars: {to: {type: uri-prefix, env: NEW_ROOT, required: true}, token: {secret: true, env: TOKEN}}
steps:
  - {id: move, uses: uri.map-prefix, with: {map: {"s3://bucket-old": "${to}/flink", "s3://other": "s3://x/${token}"}}}
R
export TOKEN=hunter2
stateferry rules explain rules.yaml
export NEW_ROOT=s3://new
stateferry rules explain --json rules.yaml | json .schema .rules.steps.1.with.map.s3://bucket-old .rules.steps.1.with.map.s3://other
sed -i 's/${token}/y/' rules.yaml
stateferry rules explain rules.yaml --set 'steps.move.with.map."s3://more.of=it"=s3://y' --set steps.move.with.map.s3://bucket-old=s3://third >resolved.yaml
stateferry -q convert -r resolved.yaml snapshots/1.9.3-heap new
locations new | sed -n 1p
sed -n '/map:/,/output/p' resolved.yaml
stateferry rules explain rules.yaml --set steps.mvoe.with.map.x=y
