# Several snapshots: the verdict on each, and which of them share which files. The names are the shortest that differ.
make() { python3 "$TOOLS/../support/make_snapshot.py" made "$1" --no-data --root s3://b/job && mv made/chk-1 "$2"; }
mkdir -p job other
make 24 job/chk-4
make 32 job/chk-5
make 40 job/chk-6
make 8 job/chk-1
cp -r snapshots/2.3.0-inc job/another
stateferry inspect job/chk-1 job/chk-4 job/chk-5 job/chk-6 job/another
stateferry inspect --files --top 4 job/chk-4 job/chk-5 job/chk-6
stateferry inspect --files --where '{role: incremental-private}' --sort name --top 3 job/another job/chk-4
stateferry inspect --operators --handles --top 1 job/chk-4 job/another
cp -r job/chk-4 other/chk-4
stateferry inspect other/chk-4 job/chk-4
