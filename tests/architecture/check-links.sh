#!/usr/bin/env bash
# Fails on a relative link in a *.md file that leads nowhere: a missing file or folder, or a heading that the
# page doesn't have. Links to other sites are not tried; what stands in code is no link.
#   check-links.sh [ROOT]        checks all pages below ROOT (this repository), build folders left out
#   check-links.sh --self-test   checks this script on a small tree of its own
set -euo pipefail

usage() {
  sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0"
}

pages() {
  (cd "$1" && find . \( -name .git -o -path ./build \) -prune -o -type f -name '*.md' -print | sed 's|^\./||' | sort)
}

# Prints `LINE<tab>TARGET` for each link of a page. Fenced blocks, comments and code spans are blanked first.
links_of() {
  awk '
    /^ ? ? ?(```|~~~)/ { fenced = !fenced; next }
    fenced { next }
    {
      text = $0
      gsub(/<!--[^>]*-->/, "", text)
      gsub(/`[^`]*`/, "", text)
      while (match(text, /\]\([^() ]+( "[^"]*")?\)/)) {
        target = substr(text, RSTART + 2, RLENGTH - 3)
        sub(/ ".*/, "", target)
        print NR "\t" target
        text = substr(text, RSTART + RLENGTH)
      }
      if (match(text, /^\[[^]]+\]: +[^ ]+/)) {
        target = substr(text, RSTART, RLENGTH)
        sub(/^\[[^]]+\]: +/, "", target)
        print NR "\t" target
      }
    }' "$1"
}

# Prints the anchors that the headings of a page make, as the usual hosts do: lower case, without punctuation,
# blanks become hyphens, a second heading of one name gets -1.
anchors_of() {
  awk '
    /^ ? ? ?(```|~~~)/ { fenced = !fenced; next }
    fenced { next }
    /^#+ / {
      text = $0
      sub(/^#+ +/, "", text)
      sub(/ +#* *$/, "", text)
      while (match(text, /\]\([^()]*\)/)) text = substr(text, 1, RSTART - 1) substr(text, RSTART + RLENGTH)
      text = tolower(text)
      gsub(/[^a-z0-9 _-]/, "", text)
      gsub(/ /, "-", text)
      print (seen[text]++ ? text "-" (seen[text] - 1) : text)
    }' "$1"
}

# Says what is wrong with a link of a page; nothing when it is fine.
problem_of() {
  local root=$1 page=$2 target=$3 file anchor=
  case $target in
    [a-z]*://* | mailto:*) return ;;
    /*) echo "is not relative" && return ;;
  esac
  if [[ $target == *'#'* ]]; then anchor=${target#*#}; fi
  file=${target%%#*}
  if [[ -z $file ]]; then
    file=$root/$page
  else
    file=$(dirname "$root/$page")/$file
  fi
  if [[ ! -e $file ]]; then
    echo "leads nowhere"
  elif [[ -n $anchor && $file == *.md ]] && ! anchors_of "$file" | grep -qxF -- "$anchor"; then
    echo "names a heading that isn't there"
  fi
}

# Sets $links and $dead.
check_tree() {
  local root=$1 page line target problem
  links=0 dead=0
  while read -r page; do
    while IFS=$'\t' read -r line target; do
      links=$((links + 1))
      problem=$(problem_of "$root" "$page" "$target")
      if [[ -n $problem ]]; then
        dead=$((dead + 1))
        echo "$page:$line: '$target' $problem"
      fi
    done < <(links_of "$root/$page")
  done < <(pages "$root")
}

self_test() {
  local expected found
  fake=$(mktemp -d)
  trap 'rm -rf "$fake"' EXIT
  mkdir -p "$fake/docs" "$fake/build"
  echo '[bad](nowhere.md)' >"$fake/build/ignored.md"
  # shellcheck disable=SC2016  # backticks of Markdown
  printf '%s\n' '# The page: `x` & more' '## Twice' '## Twice' >"$fake/docs/page.md"
  # shellcheck disable=SC2016  # here, too
  printf '%s\n' '[a](docs/page.md) [b](docs) [c](docs/page.md#the-page-x--more) [d](#here)' '## Here' \
    '[e](https://example.org/nowhere) `[f](nowhere)` [g](docs/page.md#twice-1 "title")' '```' '[h](nowhere)' '```' \
    '[i](nowhere.md) [j](docs/page.md#nothing)' '[k](/docs/page.md)' '[l]: docs/missing.md' '[m](docs/page.md#twice-2)' \
    >"$fake/README.md"
  expected=$'README.md:7: \'nowhere.md\' leads nowhere
README.md:7: \'docs/page.md#nothing\' names a heading that isn\'t there
README.md:8: \'/docs/page.md\' is not relative
README.md:9: \'docs/missing.md\' leads nowhere
README.md:10: \'docs/page.md#twice-2\' names a heading that isn\'t there'
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
echo "links: $links checked, $dead dead"
((dead == 0))
