# A page is shown to others: what gives access isn't in it.
python3 "$TOOLS/../support/make_snapshot.py" job 20 --no-data --root "s3n://AKIAKEY:s3cr3t/key@bucket-old/x?sig=aBcD%3D"
stateferry inspect --html page.html job/chk-1
page page.html | json .files.name.0 .directories.0 .snapshots.0.inspect.roots.0.uri
count -e s3cr3t -e aBcD page.html
