# One mirror writes to a target; one of the same name goes on at once.
python3 "$TOOLS/../support/make_snapshot.py" src/job 8
mkdir dst
lease() { printf '{"schema": "stateferry/mirror-lease/1", "name": "%s", "holder": "elsewhere:1:0", "until": %s}' "$1" "$2" >dst/_mirror-lease.json; }
lease other 99999999999
stateferry mirror --once --name mine src dst 2>err
echo "exit $?"
grep -o 'another mirror writes there.*' err
ls dst
lease other 1 # ran out
stateferry mirror -q --once --name mine src dst && ls dst
lease mine 99999999999 # the same name
stateferry mirror -q --once --name mine src dst && json .name .until <dst/_mirror-lease.json
echo '{"until": -1}' >dst/_mirror-lease.json
stateferry mirror --once --name mine src dst
