# Each file that is new or gone, with --detail and with -v.
make() { python3 "$TOOLS/../support/make_snapshot.py" "$1" "$2" --no-data --root s3://b/job; }
make a 16
make b 18
stateferry diff --detail a/chk-1 b/chk-1 >one
stateferry diff -v a/chk-1 b/chk-1 >two 2>/dev/null
cmp one two
grep -A9 'new files' one
stateferry diff --detail b/chk-1 a/chk-1 --json | json .new-files .gone-files.0.uri .gone-files.1.role
stateferry diff --json b/chk-1 a/chk-1 | grep -c gone-files
