#!/usr/bin/env bash
# Measures stateferry beside cp, sed and Flink's own serializer, in one run, and judges the goals:
#
#   benchmarks/compare.sh [--large] [--runs N] [--inputs A,B] [--many N] [--no-flink] [--build DIR] [--json FILE]
#
#   --large     also 10,000,000 handles (1.4 GB; needs 5 GB of disk, and 7 GB of memory for the tree)
#   --runs N    counted runs of each command (default 5; at least 11 for inputs below 200 MB)
#   --inputs    some of 10KB,10k,100k,1M,10M,1GiB
#   --many N    small snapshots in one command (default 1000; 0: leave it out)
#   --no-flink  don't run Flink's serializer (it still makes the inputs)
#   --build     a build folder with optimisation and the benchmarks (default: the release preset, built now)
#   --json      where the figures go (default: benchmarks/results/<date>.json)
#
# Needs Maven and JDK 17; the first run fetches Flink's jars. Leave the machine alone while it runs.
# Leaves behind: build/compare with the inputs (1.3 GB), the harness and an installed tree, and the figures.
set -euo pipefail
cd "$(dirname "$0")/.."

unset LD_LIBRARY_PATH # makes the loader look in more places
readonly work=$PWD/build/compare
json=$PWD/benchmarks/results/$(date -u +%Y-%m-%d).json
build=''
more=()

die() {
  echo "compare: $*" >&2
  exit 2
}

while (($# > 0)); do
  case $1 in
    --large | --no-flink) more+=("$1") ;;
    --runs | --inputs | --many) more+=("$1" "${2?$1 needs a value}") && shift ;;
    --build) build=$(realpath "${2?--build needs a value}") && shift ;;
    --json) json=$(realpath -m "${2?--json needs a value}") && shift ;;
    -h | --help) sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0" && exit 0 ;;
    *) die "unknown argument $1, see --help" ;;
  esac
  shift
done

if [[ -z $build ]]; then
  build=$PWD/build/release
  cmake --preset release -DSTATEFERRY_BUILD_BENCHMARKS=ON --log-level=WARNING
  cmake --build --preset release --target product measure bare_loop
fi
[[ -x $build/bin/stateferry && -x $build/bin/measure ]] || die "$build has no stateferry with its benchmark tools"
mkdir -p "$work"

harness() {
  mvn -q -B -Dstyle.color=never -f benchmarks/flink-harness/pom.xml -Dout="$work/harness" "$@" package
}
# Without the network if what it needs is there.
harness -o >"$work/maven.log" 2>&1 || harness || die "Maven could not build the harness"

rm -rf "$work/installed"
cmake --install "$build" --prefix "$work/installed" >"$work/install.log"
cmake -S benchmarks/transform -B "$work/transform" -DCMAKE_BUILD_TYPE=Release \
  -DCMAKE_PREFIX_PATH="$work/installed" >"$work/transform.log"
cmake --build "$work/transform" >>"$work/transform.log"

exec python3 benchmarks/compare.py --binary "$work/installed/bin/stateferry" --tools "$build/bin" \
  --harness "$work/harness" --plugins "$work/transform" --work "$work" --json "$json" "${more[@]}"
