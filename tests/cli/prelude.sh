# Read before each case: its folder, and what many cases use.
# shellcheck shell=bash
#
# The working directory is the case's own and holds copies of
#   snapshots/  the real snapshots of examples/snapshots and tests/cli/data, all in s3://bucket-old
#   samples/    the rule files that are shipped
# `stateferry` is in PATH. The script goes on after a command that fails; the exit code of the last
# one is that of the case.
set -u -o pipefail

# Moves everything to another bucket.
# shellcheck disable=SC2034  # used by the cases
move=(-r samples/bucket-to-bucket.yaml --set from=s3://bucket-old --set to=s3://bucket-new)

# Prints values of the JSON document on stdin, one a line: `json .written .steps.0.id`; without
# arguments only checks that it is one.
json() {
  python3 -I -S "$TOOLS/select_json.py" "$@"
}

# Checks a page of `inspect --html`, and prints the data in it.
page() {
  python3 -I -S "$TOOLS/page_data.py" "$1"
}

# The absolute locations of a snapshot, one a line, in the order of the file.
locations() {
  stateferry dump "$1" | sed -nE 's/^.*\.(path|task_owned_dir|shared_dir): "(.*)"$/\2/p'
}

# Takes rules from stdin into rules.yaml, with the line that all begin with.
rules() {
  { echo 'rules: "v1"' && cat; } >rules.yaml
}

# Says how many lines of stdin match.
count() {
  grep -c "$@" || true
}

# Runs a command so that file permissions count even for root.
without_privileges() {
  if ((EUID != 0)); then
    "$@"
  elif setpriv --bounding-set=-dac_override,-dac_read_search true 2>/dev/null; then
    setpriv --bounding-set=-dac_override,-dac_read_search "$@"
  else
    skip "root can't give up its privileges here"
  fi
}

# Runs a command on a terminal; what it says on either stream comes to stdout.
on_terminal() {
  python3 -c 'import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))' "$@" | tr -d '\r'
}

skip() {
  echo "$*" >&2
  exit 200
}

# Puts a real checkpoint with its files below old/, with metadata that says so.
checkpoint() {
  cp -r "$TOOLS/../../examples/whole/$1" old
  stateferry convert -q -r samples/bucket-to-bucket.yaml --in-place --backup .was \
    --set "from=file:/tmp/flink-old/$2" --set to="file:$PWD/old" old/chk-2
  rm old/chk-2/_metadata.was
}
incremental_checkpoint() {
  checkpoint 2.3.0-inc inc/b59bf0512e430a18fdcef0810b929fa9
}
merged_checkpoint() {
  checkpoint 1.20.3-merge merge/51d0df132491f98966ac4c2485a890a0
}

# Puts a real savepoint with its files into old/.
savepoint() {
  cp -r "$TOOLS/../../examples/whole/2.3.0-savepoint" old
}

# A job's directory: a run that ended with chk-5, a new one under the same id that has written chk-1 and a savepoint and is
# at work on chk-2, and a copy of chk-6 that was cut off.
a_job() {
  local whole="$TOOLS/../../examples/whole"
  mkdir -p job/shared job/chk-2
  make() { python3 "$TOOLS/../support/make_snapshot.py" made "$1" --no-data --root s3://b/job; }
  make 24
  mv made/chk-1 job/chk-4
  make 32
  mv made/chk-1 job/chk-5
  make 8
  mv made/chk-1 job/chk-1
  cp -r "$whole/2.3.0-savepoint" job/savepoint-b9888f
  mkdir job/chk-6
  head -c 300 "$whole/2.3.0-inc/chk-2/_metadata" >job/chk-6/_metadata
  : >job/chk-2/a-file
  touch -d 2026-01-02T03:00:00Z job/chk-4/_metadata
  touch -d 2026-01-02T04:00:00Z job/chk-5/_metadata
  touch -d 2026-01-02T06:00:00Z job/chk-1/_metadata
  touch -d 2026-01-02T05:00:00Z job/savepoint-b9888f/_metadata
  touch -d 2026-01-02T04:30:00Z job/chk-6/_metadata
}

# Names and checksums of all files below a directory.
contents() {
  (cd "$1" && find . -type f -exec sha256sum {} + | sort)
}

# Runs a command on a disk that can sync nothing.
on_a_failing_disk() {
  # By name: a path of LD_PRELOAD ends at a blank.
  LD_LIBRARY_PATH="$(dirname "$(command -v stateferry)")/../tests" LD_PRELOAD=failing_sync.so \
    ASAN_OPTIONS="${ASAN_OPTIONS:-}:verify_asan_link_order=0" "$@"
}

# Puts folders behind a scheme, through rclone: what is in buckets/B is in s3://B, for s3a and s3n, too.
store() {
  command -v rclone >/dev/null || skip "rclone is not installed"
  mkdir -p "$HOME/.config/stateferry" buckets/bucket-old buckets/bucket-new
  printf 'remotes:\n  s3: {type: alias, remote: "%s"}\n' "$PWD/buckets" >"$HOME/.config/stateferry/config.yaml"
}

# Says a command and its exit code, both on stderr.
said() {
  echo "$ $*" >&2
  "$@"
  echo "exit $?" >&2
}
