# What the generators of pages share; sourced by them. A generator sets `page`, and defines `prepare`, which takes from
# $binary what it needs and dies when that is nothing, and `generate`, which prints the page.
# Called as: generator [--check] [BINARY].

usage() {
  sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0"
}

die() {
  echo "$(basename "$0" .sh): $*" >&2
  exit 1
}

# Writes the page, or compares it.
main() {
  local check=false new
  if [[ ${1-} == --check ]]; then
    check=true
    shift
  fi
  case ${1-} in
    -h | --help) usage && exit 0 ;;
    -*) usage >&2 && exit 2 ;;
  esac
  (($# <= 1)) || { usage >&2 && exit 2; }
  binary=${1:-build/release/bin/stateferry}
  [[ -x $binary ]] || die "$binary is not there; build it, or name another binary"
  prepare
  new=$(mktemp)
  # shellcheck disable=SC2064  # now, while it is known
  trap "rm -f '$new'" EXIT
  generate >"$new"
  if $check; then
    diff -u "$page" "$new" || die "$page is out of date; run scripts/$(basename "$0")"
  else
    cat "$new" >"$page"
    echo "wrote $page"
  fi
}
