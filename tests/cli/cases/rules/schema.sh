stateferry rules schema --output rules.schema.json
json .title <rules.schema.json
json .definitions.step.properties.uses.enum <rules.schema.json | grep -o uri.replace-prefix
stateferry rules schema --output rules.schema.json
echo "exit code $?"
stateferry rules schema --output rules.schema.json --force
stateferry rules schema | cmp - rules.schema.json
