# What a transfer writes is none of the snapshot's files, nor of their copies, whatever --force says.
python3 "$TOOLS/../support/make_snapshot.py" job 3
ln -s job alias
ln job/shared/0000001.sst hard 2>/dev/null || ln "$(find job/shared -type f | sort | tail -1)" hard
some=$(find job/shared -type f | sort | tail -1)
find job -type f -exec sha256sum {} + | sort >before
mkdir -p new/shared new/chk-1
refused() {
  echo "$ stateferry $*" >&2
  stateferry "$@"
  echo "exit $?" >&2
}
refused move job/chk-1 new --emit-rules job/chk-1/_metadata --force
refused move job/chk-1 new --emit-rules "alias/${some#job/}" --force
refused move job/chk-1 new --emit-rules hard --force
refused move job/chk-1 new --emit-rules "new/${some#job/}"
refused move job/chk-1 new --emit-rules new/chk-1/_metadata
refused move job/chk-1 new --emit-rules x --journal x
refused move job/chk-1 new --journal "new/${some#job/}"
refused self-contain --as . job/chk-1 all --journal all/_metadata
stateferry plan job/chk-1 new >plan.csv 2>/dev/null
refused copy plan.csv --journal plan.csv
refused copy plan.csv --journal "new/${some#job/}"
find job -type f -exec sha256sum {} + | sort | diff before - && echo "nothing was changed"
ls
