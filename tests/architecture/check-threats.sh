#!/usr/bin/env bash
# Fails when docs/developers/threats.md names a test that isn't there, or a line of its tables names none. In the
# last column stand, between backticks: `Suite.Test` of GoogleTest, `area/case` of tests/cli/cases, `stage:NAME` of
# scripts/test.sh, or a file of the tree.
#   check-threats.sh [ROOT]        checks the page below ROOT (this repository)
#   check-threats.sh --self-test   checks this script on a small tree of its own
set -euo pipefail

usage() {
  sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0"
}

# Prints `LINE<tab>NAME` for each test that the page names, and NAME empty for a line without any.
named_in() {
  awk -F '|' '
    /^\|[ :|-]+\|$/ { next }
    /^\| *what( (it )?might (do|happen))? *\|/ { next }
    /^\|/ {
      column = $(NF - 1)
      found = 0
      while (match(column, /`[^`]+`/)) {
        print NR "\t" substr(column, RSTART + 1, RLENGTH - 2)
        column = substr(column, RSTART + RLENGTH)
        found = 1
      }
      if (!found) print NR "\t"
    }' "$1"
}

# All `Suite.Test` below a root, one a line.
google_tests() {
  # shellcheck disable=SC2016  # perl's own variables
  find "$1" \( -name .git -o -path "$1/build" \) -prune -o -name '*_test.cpp' -print0 |
    xargs -0 perl -0777 -ne 'print "$1.$2\n" while /\bTEST(?:_F|_P)?\(\s*(\w+),\s*(\w+)\s*\)/g'
}

is_there() {
  local root=$1 name=$2
  case $name in
    stage:*) grep -q "^stage_${name#stage:}()" "$root/scripts/test.sh" ;;
    *) [[ -e $root/$name || -e $root/tests/cli/cases/$name.sh ]] || grep -qxF -- "$name" <<<"$tests" ;;
  esac
}

# Sets $lines and $bad.
check_tree() {
  local root=$1 line name
  lines=0 bad=0
  tests=$(google_tests "$root")
  while IFS=$'\t' read -r line name; do
    lines=$((lines + 1))
    if [[ -z $name ]]; then
      echo "docs/developers/threats.md:$line: names no test"
    elif ! is_there "$root" "$name"; then
      echo "docs/developers/threats.md:$line: there is no test '$name'"
    else
      continue
    fi
    bad=$((bad + 1))
  done < <(named_in "$root/docs/developers/threats.md")
}

self_test() {
  local expected found
  fake=$(mktemp -d)
  trap 'rm -rf "$fake"' EXIT
  mkdir -p "$fake/docs/developers" "$fake/scripts" "$fake/tests/cli/cases/move" "$fake/a"
  printf 'TEST_F(Suite,\n       Test) {}\n' >"$fake/a/x_test.cpp"
  echo 'stage_kill() { true; }' >"$fake/scripts/test.sh"
  touch "$fake/tests/cli/cases/move/links.sh"
  # shellcheck disable=SC2016  # backticks of Markdown
  printf '%s\n' '| what | held by |' '|---|---|' '| `a` | `Suite.Test`, `move/links` |' '| b | `stage:kill` `a/x_test.cpp` |' \
    '| c | nothing |' '| d | `Suite.Other` |' '| e | `stage:none`, `Suite.Test` |' >"$fake/docs/developers/threats.md"
  expected=$'docs/developers/threats.md:5: names no test
docs/developers/threats.md:6: there is no test \'Suite.Other\'
docs/developers/threats.md:7: there is no test \'stage:none\''
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
echo "threats: $lines tests named, $bad bad"
((bad == 0))
