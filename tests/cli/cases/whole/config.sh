savepoint
export XDG_CONFIG_HOME=$PWD
mkdir stateferry
echo 'remots: {}' >stateferry/config.yaml
stateferry verify old
echo "exit $?"
echo '- a list' >list.yaml
stateferry verify --config list.yaml old
