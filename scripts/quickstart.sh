#!/usr/bin/env bash
# Installs what the build needs, builds the release binary with its plugins, and moves two real Flink
# snapshots to another bucket with it, showing each command and what it says.
# Leaves behind: Debian packages, build/release, and the rewritten files only with --keep.
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
  heading "Build"
  run scripts/install-deps.sh
  run cmake --preset release --log-level=WARNING
  local quiet=(-- --quiet)
  if [[ -t 1 ]]; then quiet=(); fi
  run cmake --build --preset release --target product "${quiet[@]}"
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
Put the binary on your path:      export PATH=\$PWD/build/release/bin:\$PATH
Look at a snapshot of your own:   stateferry inspect PATH/TO/_metadata
Write your rules:                 cp rules/samples/bucket-to-bucket.yaml my-rules.yaml; stateferry rules check my-rules.yaml
See what they would change:       stateferry convert -r my-rules.yaml --dry-run --diff PATH/TO/_metadata NEW/_metadata
Other moves, ready to adapt:      rules/samples/
Run the tests:                    scripts/install-deps.sh --tests && scripts/test.sh --fast
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
heading "Two real snapshots, written by Flink to an S3 server, move to another bucket"
echo "(\$out is $out, a temporary folder)"
move 1.9.3-heap "Flink 1.9 savepoint"
move 2.3.0-inc "Flink 2.3 incremental checkpoint"
what_next
if $keep; then printf '\nThe rewritten files are in %s\n' "$out"; fi
