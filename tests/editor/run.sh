#!/usr/bin/env bash
# Shows that editors complete and check rule files with the schema of `rules schema`: opens the cases in
# yaml-language-server, which npm fetches in the versions of package-lock.json. Needs Node 18 or newer.
#   run.sh BINARY WORKDIR
# Leaves behind: the packages in WORKDIR (a second run needs no network) and npm's cache.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
readonly here

die() {
  echo "editor: $*" >&2
  exit 1
}

(($# == 2)) || { echo "usage: tests/editor/run.sh BINARY WORKDIR" >&2 && exit 2; }
[[ -x $1 ]] || die "$1 is not a program"
binary=$(realpath "$1")
mkdir -p "$2"
work=$(realpath "$2")
readonly binary work

for tool in node npm; do
  command -v "$tool" >/dev/null || die "$tool is not there: scripts/install-deps.sh --tests"
done
cp "$here/check.mjs" "$here/package.json" "$work"
cd "$work"
if [[ ! -d node_modules ]] || ! cmp -s "$here/package-lock.json" package-lock.json; then
  rm -rf node_modules
  cp "$here/package-lock.json" .
  npm ci --no-audit --no-fund --no-update-notifier --ignore-scripts || { rm -rf node_modules && die "npm could not fetch the packages"; }
fi
"$binary" rules schema --output stateferry-rules.schema.json --force
node --version
node check.mjs stateferry-rules.schema.json "$here"/cases/*.yaml
