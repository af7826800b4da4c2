#!/usr/bin/env bash
# Writes docs/user/diagnostics.md from what `stateferry explain` says of each code.
#   generate-diagnostics.sh [BINARY]           writes the page (BINARY: build/release/bin/stateferry)
#   generate-diagnostics.sh --check [BINARY]   fails when the page is not what would be written
# Leaves behind: the page.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/page.bash
. scripts/page.bash

readonly page=docs/user/diagnostics.md
readonly titles=(
  "Command line" "Input files" "Reading and writing" "Rules" "Plugins" "What a format can hold" "Others" "Warnings")

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

prepare() {
  mapfile -t codes < <("$binary" --color never explain | cut -d ' ' -f 1)
  ((${#codes[@]} > 0)) || die "$binary lists no codes"
}

main "$@"
