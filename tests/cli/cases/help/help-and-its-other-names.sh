# help A B is A B --help; and an error where there is no such command.
diff <(stateferry help rules check) <(stateferry rules check --help) && echo same
diff <(stateferry help) <(stateferry --help) && echo same
diff <(stateferry 2>&1) <(stateferry --help; echo) && echo same
diff <(stateferry -V) <(stateferry version) && echo same
stateferry version --json | jq -r '.schema, .version'
stateferry help banana
