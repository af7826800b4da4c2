# A page is shown to others: what gives access isn't in it.
python3 "$TOOLS/../support/make_snapshot.py" job 20 --no-data --root "s3n://AKIAKEY:s3cr3t/key@bucket-old/x?sig=aBcD%3D"
stateferry inspect --html page.html job/chk-1
page page.html | json .files.name.0 .directories.0 .snapshots.0.inspect.roots.0.uri
count -e s3cr3t -e aBcD page.html
# Nor where other files of the directory have nothing of the kind.
python3 "$TOOLS/../support/make_snapshot.py" plain 20 --no-data --root s3://bucket/flink
LC_ALL=C sed -i 's/000009-c45c587f-98ad/000009?sig=aBcD-98ad/' plain/chk-1/_metadata
stateferry inspect --html plain.html plain/chk-1
page plain.html | json .files.name .directories | tr , '\n' | sort | grep -e sig -e flink -e 000008
count -e aBcD plain.html
