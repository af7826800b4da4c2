#!/usr/bin/env bash
# Measures everything on a machine that does nothing else: instruction counts, microbenchmarks, then
# benchmarks/compare.sh with the arguments given here (--large for the plot with 10,000,000 handles), and writes
# the figures into docs/performance.md. Needs scripts/install-deps.sh --tests.
# Leaves behind: build/release, build/compare, benchmarks/results/ and the changed page with its plot.
set -euo pipefail
cd "$(dirname "$0")/.."

case ${1-} in
  -h | --help) sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0" && exit 0 ;;
esac

figures=$PWD/benchmarks/results/$(date -u +%Y-%m-%d).json
readonly figures

cmake --preset release -DSTATEFERRY_BUILD_BENCHMARKS=ON --log-level=WARNING
cmake --build --preset release
benchmarks/instructions/check.sh build/release
if [[ -x build/release/bin/stateferry_micro ]]; then
  build/release/bin/stateferry_micro
else
  echo "bench: no microbenchmarks, install libbenchmark-dev"
fi
benchmarks/compare.sh --build build/release --json "$figures" "$@"
python3 benchmarks/report.py "$figures" docs/performance.md
python3 benchmarks/plot.py "$figures" benchmarks/growth.svg
