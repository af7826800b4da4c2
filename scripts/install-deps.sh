#!/usr/bin/env bash
# Installs the Debian packages that stateferry is built with; --tests adds what scripts/test.sh needs.
# Only what is missing is installed: when nothing is, it needs neither network nor root.
# Leaves behind: the installed packages and apt's package lists.
set -euo pipefail

readonly build_packages=(
  g++ cmake ninja-build libboost-dev libcli11-dev libyaml-cpp-dev libspdlog-dev libfmt-dev libre2-dev
  libgtest-dev libgmock-dev libmd-dev libxxhash-dev libcurl4-openssl-dev pkg-config rapidjson-dev nlohmann-json3-dev
  rclone)
readonly test_packages=(
  ca-certificates ccache clang-14 clang-format-14 clang-tidy-14 diffutils git jq libbenchmark-dev libclang-rt-14-dev
  maven openjdk-17-jdk-headless python3 python3-jsonschema python3-venv python3-yaml shellcheck unzip valgrind)

usage() {
  echo "usage: scripts/install-deps.sh [--tests]"
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

wanted=("${build_packages[@]}")
for argument in "$@"; do
  case $argument in
    --tests)
      wanted+=("${test_packages[@]}")
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
echo "install-deps: installing ${missing[*]}"
as_root apt-get update -qq
as_root env DEBIAN_FRONTEND=noninteractive \
  apt-get install -y -qq --no-install-recommends -o Dpkg::Use-Pty=0 "${missing[@]}" >/dev/null
mapfile -t missing < <(missing_of "${wanted[@]}")
((${#missing[@]} == 0)) || die "still not installed: ${missing[*]}"
echo "install-deps: done"
