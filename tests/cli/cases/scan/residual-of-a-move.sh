# The same of a move: nothing is copied.
printf 'x file:%s/job/sink y' "$PWD" >state
python3 "$TOOLS/../support/make_snapshot.py" job 8 --size 10 --state state
stateferry move job/chk-1 new --fail-on-residual
echo "exit $?" >&2
ls
stateferry move job/chk-1 new 2>&1 | grep RESIDUAL
