# What the list says is deleted in no job that is the source's under another name, and a list that is too large isn't read.
python3 "$TOOLS/../support/make_snapshot.py" src/job 8
stateferry mirror -q --once src dst
mv dst/job/_mirror.json src/job && rm -r dst/job && ln -s ../src/job dst/job
touch src/job/shared/useless
echo "[\"file:$PWD/dst/job/shared/useless\"]" >dst/_mirror-retired.json
stateferry mirror --once --keep 1 src dst 2>&1 | grep -o '(E-.*)'
ls src/job/shared/useless && find . -name '.stateferry*'
truncate -s 257M dst/_mirror-retired.json
stateferry mirror --once --keep 1 src dst 2>&1 | grep -o '(E-.*)'
