#!/usr/bin/env bash
# Shows that the page of `inspect --html` is made of its sources, and what it does in Debian's Chromium: makes pages of
# real and made-up snapshots, and has check.mjs open them. Needs Node 18 or newer, npm and chromium.
#   run.sh STATEFERRY WORKDIR
# Leaves behind: WORKDIR with packages, pages and pictures (a second run needs no network), and npm's cache.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
readonly here source=$here/../..

die() {
  echo "page: $*" >&2
  exit 1
}

(($# == 2)) || { echo "usage: tests/page/run.sh STATEFERRY WORKDIR" >&2 && exit 2; }
[[ -x $1 ]] || die "$1 is not the binary"
stateferry=$(realpath "$1")
mkdir -p "$2"
work=$(realpath "$2")
readonly stateferry work pages=$work/pages

for tool in node npm chromium; do
  command -v "$tool" >/dev/null || die "$tool is not there: scripts/install-deps.sh --tests"
done

if "$source/scripts/generate-page.sh" --check; then
  echo "passed=1 failed=0 skipped=0"
else
  echo "FAILED the page in the source tree is not what its sources make"
  echo "passed=0 failed=1 skipped=0"
fi

cp "$here/check.mjs" "$here/package.json" "$work"
cd "$work"
if [[ ! -d node_modules ]] || ! cmp -s "$here/package-lock.json" package-lock.json; then
  rm -rf node_modules
  cp "$here/package-lock.json" .
  npm ci --no-audit --no-fund --no-update-notifier --ignore-scripts || { rm -rf node_modules && die "npm could not fetch the packages"; }
fi

# Makes NAME.html of snapshots, in another order than theirs, and what is said of each in theirs.
page() {
  local name=$1 number=0 snapshot names=() reversed=()
  shift
  if [[ $1 == --uids ]]; then names=("$1" "$2") && shift 2; fi
  for snapshot in "$@"; do
    "$stateferry" inspect "${names[@]}" --json "$snapshot" >"$pages/$name.$number.inspect.json"
    "$stateferry" plan -q --jsonl "$snapshot" >"$pages/$name.$number.plan.jsonl"
    number=$((number + 1))
    reversed=("$snapshot" "${reversed[@]}")
  done
  "$stateferry" inspect "${names[@]}" --html "$pages/$name.html" "${reversed[@]}"
}

rm -rf "$pages"
mkdir -p "$pages"
rm -rf job && mkdir job
cp -r "$here/2.3.0-inc/chk-1" "$source/examples/whole/2.3.0-inc/chk-2" job
page whole "$source/examples/whole/2.3.0-inc/chk-2"
page job job/chk-1 job/chk-2
rm -rf made-up hostile large
python3 "$here/make_job.py" made-up 12 600
page made-up --uids made-up/names.json made-up/chk-9{89,90,91,92,93,94,95,96,97,98,99} made-up/chk-1000
python3 "$here/make_job.py" hostile 2 40 --hostile
page hostile --uids hostile/names.json hostile/chk-999 hostile/chk-1000
python3 "$here/make_job.py" large 1 100000
page large large/chk-1000
# As docs/user shows it: a real checkpoint, where the job has written it.
(cd "$source" && "$stateferry" inspect --html "$pages/picture.html" \
  --base-uri s3://bucket-old/flink/inc/0e7720de630c3241f2d99c2d3b07ebb7/chk-2 examples/snapshots/2.3.0-inc)

node --version
chromium --version
node check.mjs "$pages" "$(command -v chromium)"
