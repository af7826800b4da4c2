#!/usr/bin/env bash
# Completes command lines in real shells, and has the manual pages checked: bash, zsh, fish, mandoc.
#   run.sh BUILD    BUILD is a build folder with the binary
# Prints passed=N failed=N skipped=N. Leaves nothing behind.
set -euo pipefail
(($# == 1)) || { echo "usage: tests/shells/run.sh BUILD" >&2 && exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
build=$(realpath "$1")
snapshots=$(realpath "$here/../../examples/snapshots")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
readonly here build snapshots work
export PATH=$build/bin:$PATH HOME=$work XDG_CONFIG_HOME=$work/config TERM=dumb
unset STATEFERRY_PLUGIN_PATH COLUMNS
mkdir -p "$work/config/stateferry" "$work/cwd/a-directory"
printf 'remotes:\n  s3://bucket-old: {provider: Minio, endpoint: "http://127.0.0.1:9"}\n' >"$work/config/stateferry/config.yaml"
cd "$work/cwd"
touch a-file
ln -s "$snapshots/2.3.0-inc" snapshot
passed=0 failed=0

for tool in bash zsh fish mandoc; do
  command -v "$tool" >/dev/null || { echo "shells: $tool is not there: scripts/install-deps.sh --tests" >&2 && exit 1; }
done

# What a shell offers for a line, a candidate a line, sorted; without what it means.
in_bash() {
  bash --noprofile --norc -c '
    source <(stateferry completion bash)
    COMP_LINE=$1 COMP_POINT=${#1}
    _stateferry
    printf "%s\n" "${COMPREPLY[@]}"' bash "$1" 2>/dev/null | sort
}
# zsh completes on a terminal only; zpty is one.
in_zsh() {
  zsh -f -c '
    fpath=("$2" $fpath)
    autoload -Uz compinit; compinit -u -D
    compadd() {
      local -a given; local array=
      while (($#)); do
        case $1 in
          -a|-d|-O|-A|-D|-J|-V|-X|-x|-P|-S|-M|-F|-R|-W|-E|-I|-p|-s|-i|-r|-o) [[ $1 == -a ]] && array=1; [[ $1 == -(d|O|A|D|J|V|X|x|P|S|M|F|R|W|E|I|p|s|i|r) ]] && shift; shift ;;
          -*) [[ $1 == *a* ]] && array=1; shift; [[ ${1-} == -- || ${1-} == - ]] && shift ;;
          *) break ;;
        esac
      done
      if [[ -n $array ]]; then for name in "$@"; do print -rl -- ${(P)name}; done; else print -rl -- "$@"; fi
    }
    _describe() { local array=$4; print -rl -- "${(@)${(P)array}//\\:/COLON}" | sed "s/:.*//; s/COLON/:/g"; }
    _files() { if [[ ${1-} == -/ ]]; then print -rl -- *(/); else print -rl -- *; fi; }
    words=("${(@s: :)1}"); CURRENT=$#words
    source "$2/_stateferry"
    _stateferry' zsh "$1" "$work/zsh" 2>&1 | sort
}
in_fish() {
  fish --no-config -c "stateferry completion fish | source; complete -C '$1'" | cut -f1 | sed 's,^\([^:]*\)/$,\1,' | sort
}
mkdir "$work/zsh"
stateferry completion zsh >"$work/zsh/_stateferry"

# offers LINE WORD…: each shell offers these words for the line, whatever else it has.
offers() {
  local line=$1 shell word offered
  shift
  for shell in bash zsh fish; do
    offered=$("in_$shell" "$line")
    for word in "$@"; do
      if [[ $shell == bash && ${line##* } == *[:=]* ]]; then
        # Bash completes what stands behind the last : or =.
        local head=${line##* }
        word=${word#"${head%"${head##*[:=]}"}"}
      fi
      if grep -qxF -- "$word" <<<"$offered"; then
        passed=$((passed + 1))
      else
        failed=$((failed + 1))
        echo "FAILED $shell offers for '$line' no '$word' but: ${offered//$'\n'/ }"
      fi
    done
  done
}

offers 'stateferry in' inspect
offers 'stateferry rules ch' check
offers 'stateferry convert --ru' --rules
offers 'stateferry convert --log-format ' text json
offers 'stateferry convert --log-format=j' --log-format=json
offers 'stateferry explain E-IO-NOT' E-IO-NOT-FOUND
offers 'stateferry plugins describe uri.replace-p' uri.replace-prefix
offers 'stateferry inspect a' a-file a-directory
offers 'stateferry inspect s3' s3://bucket-old/
offers 'stateferry inspect --uids-from-source a' a-directory
offers 'stateferry completion z' zsh

# One that is asked without a shell: the operators of the snapshot on the line.
if stateferry __complete inspect snapshot --where 'operator: "uid:key' | grep -q $'^operator: "uid:keyed-uid"\tkeyed$'; then
  passed=$((passed + 1))
else
  failed=$((failed + 1))
  echo "FAILED the operators of the snapshot on the line are not offered"
fi

# Every command has a manual page that mandoc has nothing to say against.
pages=$(stateferry __complete '' | tail -n +2 | cut -f1)
for command in '' $pages; do
  # shellcheck disable=SC2086
  stateferry __man $command >"$work/page.1"
  # Pages have no date, so that the same source gives the same page.
  if ! mandoc -T lint -W warning "$work/page.1" | grep -v 'WARNING: missing date' && grep -q '^\.SH SYNOPSIS' "$work/page.1"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "FAILED the manual page of stateferry $command"
  fi
done
echo "passed=$passed failed=$failed skipped=0"
((failed == 0))
