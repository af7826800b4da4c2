# A directory in which no snapshot is complete, or none at all.
mkdir -p job/chk-1 empty
stateferry inspect job
stateferry inspect --latest job
echo "exit $?" >&2
stateferry verify job
echo "exit $?" >&2
stateferry verify --latest empty
echo "exit $?" >&2
stateferry verify --latest - <snapshots/2.3.0-inc/_metadata
echo "exit $?" >&2
