#!/usr/bin/env bash
# Makes cli/page/generated of cli/page: the page that `stateferry inspect --html` puts its data into. Needs Node 18 or
# newer and npm, which fetches the packages of cli/page/package-lock.json; building stateferry needs neither.
#   (nothing)  writes cli/page/generated
#   --check    fails when that is not what would be written
# Another version of a package: change cli/page/package.json, then run, in a copy of that folder,
#   npm install --ignore-scripts --omit-lockfile-registry-resolved
# Leaves behind: build/page/bundle with the packages (a second run needs no network), and npm's cache.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly source=cli/page work=build/page/bundle

die() {
  echo "generate-page: $*" >&2
  exit 1
}

case ${1-} in
  '' | --check) ;;
  -h | --help) sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0" && exit 0 ;;
  *) echo "usage: scripts/generate-page.sh [--check]" >&2 && exit 2 ;;
esac
for tool in node npm; do
  command -v "$tool" >/dev/null || die "$tool is not there: scripts/install-deps.sh --tests"
done

mkdir -p "$work"
if [[ ! -d $work/node_modules ]] || ! cmp -s "$source/package-lock.json" "$work/package-lock.json"; then
  rm -rf "$work/node_modules"
  cp "$source/package.json" "$source/package-lock.json" "$work"
  (cd "$work" && npm ci --no-audit --no-fund --no-update-notifier --ignore-scripts) ||
    { rm -rf "$work/node_modules" && die "npm could not fetch the packages"; }
fi
rm -rf "$work/src" "$work/generated"
cp -r "$source/src" "$source/build.mjs" "$source/page.html" "$work"
node "$work/build.mjs" "$work/generated"
if [[ ${1-} == --check ]]; then
  diff -rq "$work/generated" "$source/generated" || die "$source/generated is not what $source makes: run scripts/generate-page.sh"
else
  mkdir -p "$source/generated"
  cp "$work/generated/page.html" "$work/generated/LICENSES.txt" "$source/generated"
fi
