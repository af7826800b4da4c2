#!/usr/bin/env bash
# Shows that editors complete and check rule files with the schema of `rules schema`: opens the cases in
# yaml-language-server, which npm fetches in the versions of package-lock.json. Needs Node 18 or newer. The
# schema has the transforms of the out-of-tree example, too, which is built here against an installation.
#   run.sh BUILD WORKDIR [CMAKE_OPTION…]    BUILD is stateferry's build folder; the options are for the example
# Leaves behind: WORKDIR with packages and plugin (a second run needs no network), and npm's cache.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
readonly here

die() {
  echo "editor: $*" >&2
  exit 1
}

(($# >= 2)) || { echo "usage: tests/editor/run.sh BUILD WORKDIR [CMAKE_OPTION…]" >&2 && exit 2; }
[[ -x $1/bin/stateferry ]] || die "$1 is not a build folder with the binary in it"
build=$(realpath "$1")
mkdir -p "$2"
work=$(realpath "$2")
readonly build work installed=$work/installed
shift 2

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
{
  rm -rf "$installed" &&
    cmake --install "$build" --prefix "$installed" &&
    cmake -S "$here/../../examples/out_of_tree_transform" -B acme -DCMAKE_PREFIX_PATH="$installed" "$@" &&
    cmake --build acme
} >build.log 2>&1 || { cat build.log && die "the example plugin could not be built"; }
"$installed/bin/stateferry" rules schema --plugin-dir acme --output stateferry-rules.schema.json --force
node --version
node check.mjs stateferry-rules.schema.json "$here"/cases/*.yaml
