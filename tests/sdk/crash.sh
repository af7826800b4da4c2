#!/usr/bin/env bash
# A plugin that crashes is named, and the process ends by the signal; nothing is put in place.
# usage: crash.sh STATEFERRY PLUGIN_FOLDER SOURCE_TREE. Leaves nothing behind.
set -euo pipefail
readonly binary=$1 plugins=$2 source=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# A sanitizer would tell it in its own words.
export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}handle_segv=0 UBSAN_OPTIONS=${UBSAN_OPTIONS:+$UBSAN_OPTIONS:}handle_segv=0
ulimit -c 0
printf 'rules: "v1"\nsteps: [{id: a, uses: acme.bad, with: {fault: 8}}]\n' >"$work/rules.yaml"
code=0
"$binary" convert --plugin-dir "$plugins" -r "$work/rules.yaml" "$source/examples/snapshots/1.9.3-heap" "$work/out" \
  2>"$work/said" || code=$?
cat "$work/said"
[[ $code == 139 ]] || { echo "ended with $code, not by SIGSEGV" && exit 1; }
grep -q "^error: a plugin has crashed: .*acme.bad.* \[E-PLUGIN-FAILED\]$" "$work/said"
[[ ! -e $work/out/_metadata ]] || { echo "something was put in place" && exit 1; }
