#!/usr/bin/env bash
# Builds packages of what is in the working tree, for the machine's own architecture:
#   --deb      Debian packages: stateferry, and stateferry-dev for authors of plugins (as without any)
#   --out DIR  where they are put; without it build/packages
# Prints the packages with their sizes. Needs dpkg-dev; where lintian is installed, its errors are failures.
# Leaves behind: the packages, build/release.
set -euo pipefail
cd "$(dirname "$0")/.."
source=$PWD
readonly source

usage() {
  sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0"
}

die() {
  echo "package: $*" >&2
  exit 1
}

step() {
  echo "[package, $SECONDS s] $*"
}

# Runs something that is quiet when it goes well.
quietly() {
  "$@" >"$work/log" 2>&1 || { tail -n 60 "$work/log" >&2 && die "failed: $*"; }
}

need() {
  local program
  for program in "$@"; do
    command -v "$program" >/dev/null || die "$program is missing: install it"
  done
}

made() {
  printf '%s  %s\n' "$1" "$(du -h --apparent-size "$1" | cut -f 1)"
}

make_deb() {
  need dpkg-shlibdeps
  step "Debian packages"
  quietly cmake --preset release
  quietly cmake --build --preset release --target product
  rm -f "$out"/stateferry_*.deb "$out"/stateferry-dev_*.deb
  # In a folder of its own: CPack leaves what it has staged.
  (cd "$work" && quietly cpack -G DEB --config "$source/build/release/CPackConfig.cmake" -B "$work/deb")
  cp "$work"/deb/*.deb "$out"
  if command -v lintian >/dev/null; then quietly lintian --allow-root --fail-on error "$work"/deb/*.deb; fi
  for file in "$out"/stateferry{,-dev}_*.deb; do made "$file"; done
}

out=$source/build/packages
while (($# > 0)); do
  case $1 in
    --deb) ;;
    --out) (($# > 1)) || { usage >&2 && exit 2; }; out=$2 && shift ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
  shift
done

mkdir -p "$out"
out=$(realpath "$out")
work=$(mktemp -d)
chmod 755 "$work"
trap 'rm -rf "$work"' EXIT
# The time of the commit stands for that of all files, so that the same commit gives the same bytes.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH-$(git log -1 --format=%ct 2>/dev/null || echo 0)}
export SOURCE_DATE_EPOCH
if command -v ccache >/dev/null; then
  export CMAKE_CXX_COMPILER_LAUNCHER=ccache CCACHE_BASEDIR=$source CCACHE_NOHASHDIR=1
fi
make_deb
