#!/usr/bin/env bash
# Proves that the set-up commands of README.md and docs/user/install.md work on a fresh Debian, as they stand there:
# bootstraps a minimal root from the mirror that this machine's apt uses, clones HEAD into a folder there with a blank in
# its name, and runs them by chroot.
#   --test         also runs README.md's further commands, which install what the fast tests need and run them
#   --uncommitted  takes the files as they are instead of HEAD
#   --keep         keeps the root and says where it is
# What this machine's ccache has is not compiled again. Needs root and the package debootstrap. Leaves nothing behind: the mounts live in a namespace of their own.
set -euo pipefail

repository=$(cd "$(dirname "$0")/.." && pwd)
readonly repository suite=bookworm inside='/root/fresh clone/stateferry' cache=/var/cache/ccache lent=/opt/lent

usage() {
  sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0"
}

die() {
  echo "fresh-debian: $*" >&2
  exit 1
}

step() {
  printf '\n[fresh-debian, %d s] %s\n' "$SECONDS" "$*"
}

# Lines `URI SUITE` of the Debian archives in apt's sources, the main one first; third parties stay out.
debian_archives() {
  # shellcheck disable=SC2016  # apt's own variables
  apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
    awk -v suite="$suite" '$3 == "main" && ($2 == suite || $2 == suite "-updates" || $2 == suite "-security") {
      print $1, $2
    }' | sort -u -k 2,2
}

bootstrap() {
  local mirror
  mirror=$(debian_archives | awk -v suite="$suite" '$2 == suite {print $1; exit}')
  [[ -n $mirror ]] || die "no source of $suite in apt's configuration"
  step "bootstrapping $suite"
  debootstrap --variant=minbase "$suite" "$root" "$mirror" >"$root.log" 2>&1 ||
    { tail -n 20 "$root.log" && die "debootstrap failed"; }
}

# Gives the root the way to the network that this machine has: names, apt sources and settings, certificates.
share_network() {
  local file
  for file in /etc/resolv.conf /etc/hosts; do
    [[ ! -e $file ]] || cat "$file" >"$root$file"
  done
  debian_archives | sed 's/.*/deb & main/' >"$root/etc/apt/sources.list"
  apt-config dump | grep -E '^Acquire::(http|https|ftp|Check-|Retries|Proxy)' >"$root/etc/apt/apt.conf.d/99host" || true
  mkdir -p "$root/usr/local/share/ca-certificates" "$root/etc/ssl/certs"
  cp -rL /usr/local/share/ca-certificates/. "$root/usr/local/share/ca-certificates/"
  file=/etc/ssl/certs/ca-certificates.crt
  [[ ! -e $file ]] || cp -L "$file" "$root$file"
}

take_sources() {
  if $uncommitted; then
    mkdir -p "$root$inside"
    (cd "$repository" && git ls-files -z --cached --others --exclude-standard --deduplicate |
      tar --create --null --files-from=- --ignore-failed-read) | tar --extract --directory="$root$inside"
  else
    git clone --quiet --no-hardlinks "file://$repository" "$root$inside"
  fi
}

# Lends the root this machine's ccache and its cache, if it has one, without installing anything: the package would
# bring others. It looks at all that a compilation reads, so what is missing in there is noticed.
lend_cache() {
  local ccache
  ccache=$(command -v ccache) || return 0
  shared_cache=$(ccache --get-config cache_dir)
  mkdir -p "$shared_cache" "$root$cache" "$root$lent"
  ldd "$ccache" | awk '/hiredis|zstd/ {print $3}' | xargs cp -L -t "$root$lent" "$ccache"
  # shellcheck disable=SC2016  # expanded when it runs
  printf '#!/bin/sh\nLD_LIBRARY_PATH=%s exec %s/ccache "$@"\n' "$lent" "$lent" >"$root$lent/launch"
  chmod 755 "$root$lent/launch"
  in_root "$lent/launch" --version >/dev/null || { shared_cache='' && return 0; }
  environment+=("CCACHE_DIR=$cache" "CCACHE_MAXSIZE=$(ccache --get-config max_size)" "CCACHE_BASEDIR=$inside"
    CCACHE_NOHASHDIR=1 "CMAKE_CXX_COMPILER_LAUNCHER=$lent/launch")
}

# Runs a command inside, with proc, dev and the compiler cache mounted for its duration and no environment but the
# proxies'.
in_root() {
  local name proxies=()
  for name in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY; do
    [[ -z ${!name-} ]] || proxies+=("$name=${!name}")
  done
  # shellcheck disable=SC2016  # expanded by the inner shell
  unshare --mount --fork bash -c '
    mount -t proc proc "$1/proc"
    mount --rbind /dev "$1/dev"
    root=$1 shared_cache=$2 cache=$3
    shift 3
    [[ -z $shared_cache ]] || mount --bind "$shared_cache" "$root$cache"
    exec chroot "$root" env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
      HOME=/root LANG=C.UTF-8 TERM=dumb "$@"
  ' bash "$root" "$shared_cache" "$cache" "${proxies[@]}" "${environment[@]}" sh -c 'cd "$0" && exec "$@"' "$inside" "$@" </dev/null
}

# The lines of a page's blocks ```sh.
commands_of() {
  # shellcheck disable=SC2016  # no variables but the ends of lines
  sed -n '/^```sh$/,/^```$/{/^```/!p}' "$root$inside/$1"
}

# Runs lines of a page, from the clone.
run_lines() {
  step "$1"
  [[ -n $2 ]] || die "there are no commands"
  in_root sh -exc "$2"
}

clean_up() {
  rm -f "$root.log"
  if $keep; then
    echo "the root is in $root"
  else
    rm -rf --one-file-system "$root"
  fi
}

test=false uncommitted=false keep=false shared_cache='' environment=()
for argument in "$@"; do
  case $argument in
    --test) test=true ;;
    --uncommitted) uncommitted=true ;;
    --keep) keep=true ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
done
((EUID == 0)) || die "chroot needs root"
command -v debootstrap >/dev/null || die "needs the package debootstrap"

root=$(mktemp -d)
chmod 755 "$root"
trap clean_up EXIT
bootstrap
share_network
take_sources
lend_cache
[[ -z $(in_root sh -c 'command -v python3 git g++') ]] || die "the root is not bare"
run_lines "README.md, the first command" "$(commands_of README.md | head -n 1)"
run_lines "docs/user/install.md" "$(commands_of docs/user/install.md)"
if $test; then
  run_lines "README.md, the others" "$(commands_of README.md | tail -n +2)"
fi
step "done: everything worked in a fresh $suite"
