# Two incremental checkpoints: where the new bytes come from.
make() { python3 "$TOOLS/../support/make_snapshot.py" "$1" "$2" --no-data --size 5000 --root s3://b/job; }
make a 40
make b 48
stateferry diff a/chk-1 b/chk-1
echo "exit $?"
stateferry diff --json a/chk-1 b/chk-1 >document
json .same .files.new.count .files.gone.count .files.shared.count .operators.0.changes.0 .operators.0.files.new.bytes <document
stateferry diff b/chk-1 a/chk-1 --json | json .files.new.count .files.gone.count
