#!/usr/bin/env bash
# Installs the Debian packages that stateferry is built with:
#   (nothing)     what building and using it needs
#   --fast-tests  also what scripts/test.sh --fast needs
#   --tests       also what all of scripts/test.sh needs: Clang, a JDK, Maven, Node.js, Chromium
# Only what is missing is installed: when nothing is, it needs neither network nor root.
# Leaves behind: the installed packages and apt's package lists.
set -euo pipefail

readonly build_packages=(
  g++ cmake ninja-build libboost-dev libcli11-dev libyaml-cpp-dev libspdlog-dev libfmt-dev libre2-dev
  libmd-dev libpugixml-dev libxxhash-dev libcurl4-openssl-dev pkg-config rapidjson-dev nlohmann-json3-dev
  rclone)
readonly fast_test_packages=(
  ccache git jq libgtest-dev libgmock-dev python3 python3-jsonschema python3-yaml)
readonly test_packages=(
  ca-certificates chromium clang-14 clang-format-14 clang-tidy-14 debootstrap fish libbenchmark-dev
  libclang-rt-14-dev mandoc maven openjdk-17-jdk-headless python3-venv shellcheck unzip valgrind zsh)

usage() {
  sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0"
}

die() {
  echo "install-deps: $*" >&2
  exit 1
}

# Prints those of the given packages that are not installed.
missing_of() {
  local installed package
  installed=" $(dpkg-query -W -f '${Package}/${db:Status-Status} ' "$@" 2>/dev/null || true)"
  for package in "$@"; do
    [[ $installed == *" $package/installed "* ]] || echo "$package"
  done
}

as_root() {
  if ((EUID == 0)); then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    die "neither root nor sudo: run this as root, or have it install: ${missing[*]}"
  fi
}

# In English and without questions.
readonly apt_install=(
  env DEBIAN_FRONTEND=noninteractive LC_ALL=C apt-get install -q --no-install-recommends -o Dpkg::Use-Pty=0)

# Says how many packages these become and how large they are, in apt's own words. --print-uris installs nothing;
# --assume-no would, where apt has nothing to ask.
tell_size() {
  as_root "${apt_install[@]}" --yes --print-uris "${missing[@]}" </dev/null 2>/dev/null |
    grep -E ' newly installed|^Need to get|^After this' | sed 's/^/  /' || true
}

# Installs, and prints apt's status lines alone. They come by descriptor 3, which is made behind sudo, since that closes
# it; were it 1, apt would close that for the packages' scripts, and those that print something would fail.
install_missing() {
  # shellcheck disable=SC2016  # expanded by the inner shell
  as_root sh -c 'exec "$@" 3>&1 >/dev/null' sh "${apt_install[@]}" --yes -o APT::Status-Fd=3 "${missing[@]}" </dev/null
}

# Turns apt's status lines (`dlstatus:…:PERCENT:WHAT`, `pmstatus:…`) into a line each few seconds.
show_progress() {
  local kind percent what last=-10 rest
  while IFS=: read -r kind _ percent what rest; do
    case $kind in
      dlstatus) kind=fetching ;;
      pmstatus) kind=installing ;;
      *) continue ;;
    esac
    ((SECONDS - last >= 5)) || continue
    last=$SECONDS
    printf '  [%3d s] %s, %3d %%: %s\n' "$SECONDS" "$kind" "${percent%%.*}" "$what${rest:+:$rest}"
  done
}

wanted=("${build_packages[@]}")
for argument in "$@"; do
  case $argument in
    --fast-tests) wanted+=("${fast_test_packages[@]}") ;;
    --tests)
      wanted+=("${fast_test_packages[@]}" "${test_packages[@]}")
      # Another Node.js with its npm does as well, and can't be installed beside Debian's.
      command -v npm >/dev/null || wanted+=(nodejs npm)
      ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
done

if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
  die "this is not Debian or a relative of it: install the equivalents of: ${wanted[*]}"
fi

mapfile -t missing < <(missing_of "${wanted[@]}")
if ((${#missing[@]} == 0)); then
  echo "install-deps: all ${#wanted[@]} packages are installed"
  exit 0
fi
echo "install-deps: installing ${#missing[@]} packages: ${missing[*]}"
echo "  reading package lists"
as_root apt-get update -qq
tell_size
install_missing | show_progress
mapfile -t missing < <(missing_of "${wanted[@]}")
((${#missing[@]} == 0)) || die "still not installed: ${missing[*]}"
echo "install-deps: done in $SECONDS s"
