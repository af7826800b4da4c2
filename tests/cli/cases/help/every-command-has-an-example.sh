# cli.md: every command has --help with an example.
for command in "adopt" "convert" "inspect" "dump" "rules" "rules check" "plugins" "plugins list" "plugins describe" "explain"; do
  # shellcheck disable=SC2086  # two words
  stateferry $command --help | grep -q '^  stateferry' && echo "$command"
done
