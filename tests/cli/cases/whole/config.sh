savepoint
export XDG_CONFIG_HOME=$PWD
mkdir stateferry
echo 'remots: {}' >stateferry/config.yaml
stateferry verify old
echo "exit $?"
echo '- a list' >list.yaml
stateferry verify --config list.yaml old
printf 'remotes:\n  s3: {secret-access-key: x}\nrclone: {atempts: 3}\n' >wrong.yaml
stateferry config check wrong.yaml
echo "exit $?"
printf 'remotes:\nrclone: {attempts: 3}\nx-mine: {a: [b]}\n' >stateferry/config.yaml
stateferry config check
rm stateferry/config.yaml
stateferry config check
# A plugin that can't be used stops what needs it, and nothing else.
mkdir plugins
echo nothing >plugins/stateferry_storage_acme.so
echo 'acme: {a: b}' >acme.yaml
stateferry inspect --plugin-dir plugins --config acme.yaml old | head -1
stateferry config check --plugin-dir plugins acme.yaml 2>&1 | head -1
