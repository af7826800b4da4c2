# Files outside of the source are taken from where it was said only.
python3 "$TOOLS/../support/make_snapshot.py" made 4 --root "file:$PWD/claimed"
mkdir -p src/job && mv made/chk-1 src/job && mv made claimed
said stateferry mirror --once src dst
find dst -name '*metadata*'
said stateferry mirror --once src dst --take-from claimed
rm -r claimed
said stateferry verify -q --inside dst dst/job/chk-1
said stateferry mirror --once src src/dst
