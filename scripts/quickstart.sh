#!/usr/bin/env bash
# Installs what the build needs, builds the release binary with its plugins and without tests, moves a whole real Flink
# checkpoint with its files to another directory, and the metadata of two snapshots to another bucket,
# showing each command and what it says.
# Leaves behind: Debian packages, build/release, and the moved files only with --keep.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly samples=examples/snapshots
readonly longest_result=36
readonly old=s3://bucket-old/flink new=s3://new-bucket/flink

usage() {
  echo "usage: scripts/quickstart.sh [--keep]"
}

die() {
  echo "quickstart: $*" >&2
  exit 1
}

heading() {
  printf '\n== %s\n' "$*"
}

# Shows a command as one would type it, then runs it.
run() {
  printf '\n$'
  printf ' %s' "${@/#"$out"/\$out}"
  echo
  "$@"
}

# Like run, keeps what was said in $said, and shows of a long result the beginning.
run_and_keep() {
  local status=0 lines
  run "$@" >"$out/result" 2>"$out/talk" || status=$?
  lines=$(wc -l <"$out/result")
  head -n "$longest_result" "$out/result"
  if ((lines > longest_result)); then echo "  … ($((lines - longest_result)) lines more)"; fi
  cat "$out/talk"
  said=$(cat "$out/result" "$out/talk")
  ((status == 0)) || die "that ended with exit code $status"
}

build() {
  heading "Packages"
  run scripts/install-deps.sh
  heading "Build"
  echo "The binary and its plugins, without tests: a few minutes the first time (${SECONDS} s have passed)."
  run cmake --preset release --log-level=WARNING
  export NINJA_STATUS='[%f/%t, %e s] '
  run cmake --build --preset release --target product
  echo "built: build/release/bin/stateferry (${SECONDS} s have passed)"
}

# Moves a checkpoint with all its files, between two local directories, and takes the old one away.
move_whole() {
  local job=$out/old/job moved=$out/new/job
  mkdir -p "$out/old"
  cp -r examples/whole/2.3.0-inc "$job"

  heading "A whole incremental checkpoint: its metadata still says where it was written"
  run_and_keep stateferry inspect "$job/chk-2"
  [[ $said == *"file:/tmp/flink-old/"* ]] || die "the place where it was written should be in there"
  heading "So its metadata is told where it lies now"
  run_and_keep stateferry convert -r rules/samples/bucket-to-bucket.yaml --in-place \
    --set "from=file:/tmp/flink-old/inc/b59bf0512e430a18fdcef0810b929fa9" --set "to=file:$job" "$job/chk-2"

  heading "Moved as a whole: files and metadata"
  run_and_keep stateferry move "$job/chk-2" "$moved"
  [[ $said == *"26 files copied"* ]] || die "26 files should have been copied"
  run rm -r "$job"
  heading "Complete without the old directory?"
  run_and_keep stateferry verify --strict "$moved/chk-2"
  [[ $said == *"all there"* ]] || die "all files should be there"
  cat <<'TEXT'

From one S3 bucket to another it is the same command, with the credentials where the AWS tools look for them:
  stateferry move s3://old-bucket/flink/job/chk-2 s3://new-bucket/flink/job
  stateferry verify s3://new-bucket/flink/job/chk-2
TEXT
}

# Moves one snapshot, and once more to show that a second run changes nothing.
move() {
  local name=$1 what=$2
  local from=$samples/$name/_metadata to=$out/$name/_metadata again=$out/again/$name/_metadata
  local rules=(-r rules/samples/bucket-to-bucket.yaml --set "from=$old" --set "to=$new")
  mkdir -p "$out/$name" "$out/again/$name"

  heading "$what: before"
  run_and_keep stateferry inspect "$from"
  [[ $said == *"$old"* ]] || die "the old root $old should be in there"

  heading "$what: moved from $old to $new"
  run_and_keep stateferry convert "${rules[@]}" "$from" "$to" --diff

  heading "$what: after"
  run_and_keep stateferry inspect "$to"
  [[ $said == *"$new"* && $said != *"$old"* ]] || die "all locations should be below $new"

  heading "$what: the same rules on their own output"
  run_and_keep stateferry convert "${rules[@]}" "$to" "$again"
  [[ $said == *"already applied"* ]] || die "a second run should say 'already applied'"
  run cmp "$to" "$again"
  echo "(identical)"
}

what_next() {
  heading "What to do next"
  cat <<TEXT
Put the binary on your path:      export PATH="\$PWD/build/release/bin:\$PATH"
Look at a snapshot of your own:   stateferry inspect PATH/TO/_metadata
Write your rules:                 cp rules/samples/bucket-to-bucket.yaml my-rules.yaml; stateferry rules check my-rules.yaml
Move a whole snapshot:            stateferry move PATH/TO/chk-9 NEW/DIRECTORY; stateferry verify NEW/DIRECTORY/chk-9
Make a copied snapshot right:     stateferry adopt COPY/chk-9
See what they would change:       stateferry convert -r my-rules.yaml --dry-run --diff PATH/TO/_metadata NEW/_metadata
Other moves, ready to adapt:      rules/samples/
Run the tests:                    scripts/install-deps.sh --fast-tests && scripts/test.sh --fast
TEXT
}

keep=false
case ${1-} in
  '') ;;
  --keep) keep=true ;;
  -h | --help) usage; exit 0 ;;
  *) usage >&2; exit 2 ;;
esac

out=$(mktemp -d)
$keep || trap 'rm -rf "$out"' EXIT
build
PATH=$PWD/build/release/bin:$PATH
echo "(\$out is $out, a temporary folder)"
export XDG_STATE_HOME=$out/state
move_whole
heading "Two real snapshots, written by Flink to an S3 server, move to another bucket: the metadata alone"
move 1.9.3-heap "Flink 1.9 savepoint"
move 2.3.0-inc "Flink 2.3 incremental checkpoint"
what_next
if $keep; then printf '\nThe moved files are in %s\n' "$out"; fi
