# Relative files of a stream lie where --base-uri says; without it they are those of nobody else.
cp -r "$TOOLS/../../examples/whole/2.3.0-savepoint" old
stateferry diff --json old - <old/_metadata | json .same .files.shared.count
stateferry diff --json --base-uri "file:$PWD/old" old - <old/_metadata | json .same .files.shared.count
