#!/usr/bin/env bash
# Has real Flink releases load every fixture, as it is and converted for them, and compares what they see with
# what stateferry dumps. Maven fetches the releases. The result is the page docs/formats/readers.md.
#   run.sh BINARY WORKDIR           fails when a release sees something else, or the page is out of date
#   run.sh --write BINARY WORKDIR   writes the page
# Leaves behind: the compiled reader and the jars in WORKDIR (a second run needs no network), and what Maven
# keeps in its local repository.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
readonly here page=$here/../../docs/formats/readers.md

die() {
  echo "readers: $*" >&2
  exit 1
}

mode=--check
if [[ ${1-} == --write ]]; then
  mode=--write
  shift
fi
(($# == 2)) || { echo "usage: tests/readers/run.sh [--write] BINARY WORKDIR" >&2 && exit 2; }
[[ -x $1 ]] || die "$1 is not a program"
binary=$(realpath "$1")
mkdir -p "$2"
work=$(realpath "$2")
readonly binary work

# What the compiled reader and the jars were made of.
made_of() {
  find "$here/pom.xml" "$here/src" -type f -print0 | sort -z | xargs -0 sha256sum | cut -d ' ' -f 1
}

if [[ $(made_of) != "$(cat "$work/made-of" 2>/dev/null)" ]]; then
  echo "fetching Flink's releases by Maven"
  rm -rf "${work:?}/lib" "${work:?}/classes" "$work/made-of"
  mvn -q -B -Dstyle.color=never -f "$here/pom.xml" -Dout="$work" compile || die "Maven could not make the readers"
  made_of >"$work/made-of"
fi
"$here/check.py" --binary "$binary" --work "$work" "$mode" "$page"
