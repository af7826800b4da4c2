# A variable that is set to nothing is not set.
mkdir -p home/.config/stateferry
echo 'remots: {}' >home/.config/stateferry/config.yaml
XDG_CONFIG_HOME='' HOME=$PWD/home stateferry config check
