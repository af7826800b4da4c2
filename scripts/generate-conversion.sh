#!/usr/bin/env bash
# Writes docs/formats/conversion.md: what converts into what, from the test that tries it.
#   generate-conversion.sh [PRESET]           writes the page (PRESET: dev)
#   generate-conversion.sh --check [PRESET]   fails when the page is not what would be written
# Needs the built conversion_test. Leaves behind: the page.
set -euo pipefail
cd "$(dirname "$0")/.."

usage() {
  sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0"
}

update=1
if [[ ${1-} == --check ]]; then
  update=
  shift
fi
case ${1-} in
  -h | --help) usage; exit 0 ;;
  -*) usage >&2; exit 2 ;;
esac
(($# <= 1)) || { usage >&2; exit 2; }
test=build/${1:-dev}/tests/conversion_test
[[ -x $test ]] || { echo "generate-conversion: $test is not there; build it first" >&2; exit 1; }
STATEFERRY_UPDATE_GOLDEN=$update "$test" --gtest_brief=1 --gtest_filter='ConversionMatrix.*'
