# A journal takes no other file's place and follows no link; without a home it lies in a private folder, or there is
# none.
python3 "$TOOLS/../support/make_snapshot.py" job 3
echo "my notes" >precious.txt
stateferry move job/chk-1 new --journal precious.txt
echo "exit $?" >&2
ln -s precious.txt plan.csv.journal
stateferry plan job/chk-1 new >plan.csv 2>/dev/null
stateferry copy plan.csv
echo "exit $?" >&2
cat precious.txt
ls
echo "without a home:"
mkdir -m 700 run
env -u HOME XDG_RUNTIME_DIR="$PWD/run" stateferry move job/chk-1 first 2>/dev/null
echo "exit $?, $(stat -c %a run/stateferry)"
# Not even root can make a folder in /proc.
env HOME=/proc XDG_STATE_HOME=/proc/none XDG_RUNTIME_DIR=/proc stateferry move job/chk-1 second 2>/dev/null
echo "exit $?"
# Other runs of this case may be at the same place.
rmdir "/var/tmp/stateferry-$EUID" 2>/dev/null
[[ -z $(find /tmp/stateferry -newer plan.csv 2>/dev/null) ]] && echo "nothing at a name in the shared folder"
