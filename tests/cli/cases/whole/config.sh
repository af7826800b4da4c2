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
