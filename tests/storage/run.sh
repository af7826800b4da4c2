#!/usr/bin/env bash
# Runs storage_conformance in a place that goes with the run: on a disk, or in folders that rclone takes for buckets.
#
#   run.sh STORAGE_CONFORMANCE file|rclone [OPTION…]
set -euo pipefail
binary=$1 kind=$2
shift 2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HOME=$work
unset XDG_CONFIG_HOME STATEFERRY_PLUGIN_PATH
case $kind in
  file) "$binary" --root "file:$work/root" "$@" ;;
  rclone)
    mkdir -p "$work/buckets/bucket"
    printf 'remotes:\n  s3: {type: alias, remote: "%s"}\n' "$work/buckets" >"$work/config.yaml"
    "$binary" --root s3://bucket/root --config "$work/config.yaml" "$@"
    ;;
  *) echo "no storage '$kind'" >&2 && exit 64 ;;
esac
