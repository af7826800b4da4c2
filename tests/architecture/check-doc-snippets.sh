#!/usr/bin/env bash
# Fails when a page quotes code that isn't so. A fenced block in a *.md file that follows a line
#   <!-- from: examples/some/file.cpp -->
# must stand in that file (its path is that from the root of the repository), whole lines, word for word.
#   check-doc-snippets.sh [ROOT]        checks all pages below ROOT (this repository), build folders left out
#   check-doc-snippets.sh --self-test   checks this script on a small tree of its own
set -euo pipefail

usage() {
  sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0"
}

pages() {
  (cd "$1" && find . \( -name .git -o -path ./build \) -prune -o -type f -name '*.md' -print | sed 's|^\./||' | sort)
}

complain() {
  bad=$((bad + 1))
  echo "$1:$2: $3"
}

# Whether the lines $2 stand in file $1.
holds() {
  local content
  content=$'\n'$(<"$1")$'\n'
  [[ $content == *$'\n'"$2"$'\n'* ]]
}

check_snippet() {
  local root=$1 page=$2 line=$3 file=$4 snippet=$5
  snippets=$((snippets + 1))
  if [[ ! -f $root/$file ]]; then
    complain "$page" "$line" "there is no file $file"
  elif [[ -z ${snippet//[[:space:]]/} ]]; then
    complain "$page" "$line" "the block is empty"
  elif ! holds "$root/$file" "$snippet"; then
    complain "$page" "$line" "this does not stand in $file"
  fi
}

check_page() {
  local root=$1 page=$2 number=0 line from='' from_line=0 snippet='' state=text
  while IFS= read -r line || [[ -n $line ]]; do
    number=$((number + 1))
    case $state in
      text)
        if [[ $line =~ ^'<!-- from: '([^ ]+)' -->'$ ]]; then
          from=${BASH_REMATCH[1]} from_line=$number state=marked
        elif [[ $line == '```'* ]]; then
          state=other
        elif [[ $line == *'<!-- from'* && $line != *'`'*'<!-- from'* ]]; then
          complain "$page" "$number" "a mark stands alone on its line: <!-- from: PATH -->"
        fi
        ;;
      other)
        if [[ $line == '```' ]]; then state=text; fi
        ;;
      marked)
        if [[ $line == '```'* ]]; then
          state=block snippet=
        else
          complain "$page" "$from_line" "no block of code follows this mark"
          state=text
        fi
        ;;
      block)
        if [[ $line == '```' ]]; then
          check_snippet "$root" "$page" "$from_line" "$from" "${snippet%$'\n'}"
          state=text
        else
          snippet+=$line$'\n'
        fi
        ;;
    esac
  done <"$root/$page"
  if [[ $state == marked || $state == block ]]; then complain "$page" "$from_line" "the block of this mark has no end"; fi
}

# Sets $snippets and $bad.
check_tree() {
  local root=$1 page
  snippets=0 bad=0
  while read -r page; do check_page "$root" "$page"; done < <(pages "$root")
}

self_test() {
  local expected found
  fake=$(mktemp -d)
  trap 'rm -rf "$fake"' EXIT
  printf '%s\n' 'int a;' '' '  int b;' 'int c;' >"$fake/code.cpp"
  printf '%s\n' '<!-- from: code.cpp -->' '```cpp' 'int a;' '' '  int b;' '```' '```' '<!-- from: nothing -->' '```' \
    '<!-- from: code.cpp -->' '```cpp' 'int b;' '```' '<!-- from: missing.cpp -->' '```cpp' 'int a;' '```' \
    '<!-- from: code.cpp -->' 'text' '<!-- from: code.cpp -->' '```' '```' '<!-- from: code.cpp -->' '```' 'int c;' \
    >"$fake/page.md"
  expected='page.md:10: this does not stand in code.cpp
page.md:14: there is no file missing.cpp
page.md:18: no block of code follows this mark
page.md:20: the block is empty
page.md:23: the block of this mark has no end'
  found=$(check_tree "$fake")
  if [[ $found == "$expected" ]]; then
    echo "passed=1 failed=0 skipped=0"
  else
    diff <(echo "$expected") <(echo "$found") || true
    echo "passed=0 failed=1 skipped=0"
    return 1
  fi
}

case ${1-} in
  --self-test)
    self_test
    exit
    ;;
  -h | --help)
    usage
    exit 0
    ;;
  -*)
    usage >&2
    exit 2
    ;;
esac
check_tree "${1:-$(cd "$(dirname "$0")/../.." && pwd)}"
echo "snippets: $snippets checked, $bad bad"
((bad == 0))
