#!/usr/bin/env bash
# Writes docs/user/diagnostics.md from what `stateferry explain` says of each code.
#   generate-diagnostics.sh [BINARY]           writes the page (BINARY: build/release/bin/stateferry)
#   generate-diagnostics.sh --check [BINARY]   fails when the page is not what would be written
# Leaves behind: the page.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly page=docs/user/diagnostics.md
readonly titles=(
  "Command line" "Input files" "Reading and writing" "Rules" "Plugins" "What a format can hold" "Others" "Warnings")

usage() {
  sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0"
}

die() {
  echo "generate-diagnostics: $*" >&2
  exit 1
}

# Text as it may stand in a cell of a table.
cell() {
  printf '%s\n' "$1" | sed -e 's/[\\_*|<>`]/\\&/g'
}

title_of() {
  case $1 in
    E-ARG-*) echo "Command line" ;;
    E-CAPABILITY-*) echo "What a format can hold" ;;
    E-FORMAT-*) echo "Input files" ;;
    E-IO-*) echo "Reading and writing" ;;
    E-PLUGIN-*) echo "Plugins" ;;
    E-RULE-*) echo "Rules" ;;
    W-*) echo "Warnings" ;;
    *) echo "Others" ;;
  esac
}

# Prints the row of one code. `explain` gives four lines: code, meaning, advice, exit code.
row() {
  local code=$1 lines meaning advice exit
  mapfile -t lines < <("$binary" --color never explain "$code")
  if ((${#lines[@]} != 4)) || [[ ${lines[0]} != "$code" ]]; then die "explain $code printed something else"; fi
  meaning=${lines[1]}
  advice=${lines[2]#What to do: }
  case ${lines[3]} in
    "Exit code: "*) exit=${lines[3]#Exit code: } ;;
    "A warning: the run goes on.") exit=– ;;
    *) die "explain $code doesn't end with an exit code" ;;
  esac
  echo "| \`$code\` | $exit | $(cell "$meaning") | $(cell "$advice") |"
}

section() {
  local title=$1 code
  printf '\n## %s\n\n| code | exit | meaning | what to do |\n|---|---|---|---|\n' "$title"
  for code in "${codes[@]}"; do
    if [[ $(title_of "$code") == "$title" ]]; then row "$code"; fi
  done
}

generate() {
  local title
  cat <<'TEXT'
<!-- Written by scripts/generate-diagnostics.sh; change framework/src/diag/codes.cpp instead. -->
# Diagnostics

Every message ends with a code in square brackets. Codes are stable: scripts may look for them. This is the table
that `stateferry explain CODE` shows. Codes with `E-` end the run with their [exit code](exit-codes.md), codes with
`W-` are warnings.
TEXT
  for title in "${titles[@]}"; do section "$title"; done
}

check=false
if [[ ${1-} == --check ]]; then
  check=true
  shift
fi
case ${1-} in
  -h | --help) usage; exit 0 ;;
  -*) usage >&2; exit 2 ;;
esac
(($# <= 1)) || { usage >&2; exit 2; }
binary=${1:-build/release/bin/stateferry}
[[ -x $binary ]] || die "$binary is not there; build it, or name another binary"
mapfile -t codes < <("$binary" --color never explain | cut -d ' ' -f 1)
((${#codes[@]} > 0)) || die "$binary lists no codes"

new=$(mktemp)
trap 'rm -f "$new"' EXIT
generate >"$new"
if $check; then
  diff -u "$page" "$new" || die "$page is out of date; run scripts/generate-diagnostics.sh"
else
  cat "$new" >"$page"
  echo "generate-diagnostics: ${#codes[@]} codes in $page"
fi
