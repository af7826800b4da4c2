# Which snapshots lie there is said, the newest first.
mkdir job
cp -r snapshots/2.3.0-inc job/chk-9
cp -r snapshots/2.3.0-inc job/chk-10
mkdir job/chk-11
touch -d 2020-01-01 job/chk-9/_metadata
stateferry verify job
echo "exit $?" >&2
chmod 0 job/chk-10
without_privileges stateferry verify job/chk-10
echo "exit $?" >&2
chmod 755 job/chk-10
