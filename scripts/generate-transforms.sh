#!/usr/bin/env bash
# Writes docs/user/transforms.md from what the shipped plugins declare, by `plugins list` and `plugins describe`.
#   generate-transforms.sh [BINARY]           writes the page (BINARY: build/release/bin/stateferry)
#   generate-transforms.sh --check [BINARY]   fails when the page is not what would be written
# Needs jq. Leaves behind: the page.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=scripts/page.bash
. scripts/page.bash

readonly page=docs/user/transforms.md

# The functions of all jq programs here.
# shellcheck disable=SC2016  # the variables are jq's
readonly library='
  # Text as it may stand in a cell of a table.
  def cell: gsub("(?<c>[\\\\_*|<>`])"; "\\\(.c)");
  def code: "`" + . + "`";
  def element: if . == null then "string" else .type end;
  def words: {"string": "text", "uri-prefix": "absolute URI", "group": "map"}[.] // .;
  def type_text:
    if .allowed then .allowed | map(code) | join(", ")
    elif .type == "list" then
      (.children[0] | element) as $of |
      if $of == "group" then "list of maps" else "list of \($of | words)s, or one" end
    elif .type == "map" then (.children[0] | element | words) as $of | "map from \($of) to \($of)"
    else .type | words end;
  def need:
    if .default then "by default " + (.default | code) elif .required then "required" else "" end;
  # A parameter, and those inside of it: `directory.style`, `exceptions[].treatment`.
  def rows($above):
    .name as $name |
    "| \($above + $name | code) | \(type_text) | \(need) | \(.help // "" | cell) |",
    (if .type == "group" then (.children // [])[] | rows($above + $name + ".")
     elif .type == "list" then (.children[0].children // [])[] | rows($above + $name + "[].")
     else empty end);
'

# The names of all transforms, sorted.
transforms() {
  jq -r '.plugins[] | select(.kind == "transform") |
    if .loaded then .items[].name else error("\(.name) is refused") end' <<<"$plugins" | sort
}

section() {
  "$binary" plugins describe --json "$1" | jq -r "$library"'
    "", "## \(.name)", "", "\(.summary | cell).",
    (if .params == [] then empty else
      "", "| parameter | value | | meaning |", "|---|---|---|---|", (.params[] | rows("")) end),
    (if .hazards == [] then empty else
      "", "| hazard | meaning |", "|---|---|", (.hazards[] | "| \(.name | code) | \(.help | cell) |") end)'
}

generate() {
  local name
  cat <<'TEXT'
<!-- Written by scripts/generate-transforms.sh; change what the transforms declare instead. -->
# Transforms

What `uses` may name in a step, and what `with` and `accept` may then hold, as the shipped plugins declare it.
`stateferry plugins describe NAME` shows the same for each plugin that is installed. What the transforms do in detail,
with examples, stands under [rule files](rules.md#transforms). A text, a number or a word may be or hold a
[variable](rules.md#vars).

| transform | does |
|---|---|
TEXT
  for name in "${names[@]}"; do
    "$binary" plugins describe --json "$name" |
      jq -r "$library"'"| [\(.name | code)](#\(.name | gsub("\\."; ""))) | \(.summary | cell) |"'
  done
  for name in "${names[@]}"; do section "$name"; done
}

prepare() {
  # Only what ships belongs on the page.
  unset STATEFERRY_PLUGIN_PATH
  plugins=$("$binary" plugins list --json)
  mapfile -t names < <(transforms)
  ((${#names[@]} > 0)) || die "$binary lists no transforms"
}

main "$@"
