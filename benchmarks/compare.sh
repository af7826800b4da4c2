#!/usr/bin/env bash
# Measures stateferry beside cp, sed and Flink's own serializer, in one run, and judges the goals:
#
#   benchmarks/compare.sh [--large] [--runs N] [--inputs A,B] [--many N] [--no-flink] [--build DIR] [--json FILE]
#
#   --large     also 10,000,000 handles (1.4 GB; needs 5 GB of disk, and 7 GB of memory for the tree)
#   --runs N    counted runs of each command (default 5; at least 11 for inputs below 200 MB, but for a trial of 1 or 2)
#   --inputs    some of 10KB,10k,100k,1M,10M,1GiB, which the newest Flink makes, and of VERSION-10k and VERSION-1M,
#               which the release that writes the version makes: v2, v3-1.11, v3-1.13, v3-1.14, v3-1.15, v4, v6
#   --many N    small snapshots in one command (default 10000, which takes 5 GB of disk; 0: leave it out)
#   --no-flink  don't run Flink's serializer (it still makes the inputs)
#   --build     a build folder with optimisation and the benchmarks (default: the release preset, built now)
#   --json      where the figures go (default: benchmarks/results/<date>.json)
#
# Needs Maven and JDK 17; the first run fetches the jars of eight releases of Flink. Leave the machine alone while it
# runs. Leaves behind: build/compare with the inputs (2.4 GB), the harness, the jars and an installed tree, and the
# figures.
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

# Without the network if what it needs is there.
maven() {
  mvn -q -B -Dstyle.color=never -o "$@" >"$work/maven.log" 2>&1 || mvn -q -B -Dstyle.color=never "$@"
}
maven -f benchmarks/flink-harness/pom.xml -Dout="$work/harness" package || die "Maven could not build the harness"
# The releases that the readers' tests take.
maven -f tests/readers/pom.xml -Dout="$work/releases" process-resources || die "Maven could not fetch Flink's releases"

rm -rf "$work/installed"
cmake --install "$build" --prefix "$work/installed" >"$work/install.log"
cmake -S benchmarks/transform -B "$work/transform" -DCMAKE_BUILD_TYPE=Release \
  -DCMAKE_PREFIX_PATH="$work/installed" >"$work/transform.log"
cmake --build "$work/transform" >>"$work/transform.log"

exec python3 benchmarks/compare.py --binary "$work/installed/bin/stateferry" --tools "$build/bin" \
  --harness "$work/harness" --releases "$work/releases" --plugins "$work/transform" --work "$work" --json "$json" "${more[@]}"
