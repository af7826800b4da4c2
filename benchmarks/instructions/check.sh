#!/usr/bin/env bash
# Guards against slow code by counting instructions (callgrind), which don't depend on the machine's load:
#
#   benchmarks/instructions/check.sh [--update] BUILD
#
# BUILD is a release build with STATEFERRY_BUILD_BENCHMARKS=ON. Each run's count is held against its bound in
# bounds.txt, 25 % above what was counted when the bound was set, but for 100k, whose bound is the goal of 450
# for each of its 100,100 handles beside what a small file takes; --update sets the bounds anew. Exit code 1 when a
# bound is exceeded. Takes less than a minute.
# Leaves behind: nothing but, with --update, bounds.txt.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
unset LD_LIBRARY_PATH # makes the loader look in more places
readonly here bounds=$here/bounds.txt headroom=25
update=false

usage() {
  sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0"
}

die() {
  echo "instructions: $*" >&2
  exit 2
}

while (($# > 0)); do
  case $1 in
    --update) update=true ;;
    -h | --help) usage && exit 0 ;;
    -*) die "unknown option $1" ;;
    *) build=$1 ;;
  esac
  shift
done
[[ -n ${build-} ]] || { usage >&2 && exit 2; }
command -v valgrind >/dev/null || die "valgrind is missing"
build=$(realpath "$build")
[[ -x $build/bin/stateferry && -x $build/bin/make_input ]] || die "$build has no stateferry and make_input"

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
readonly build scratch rules=$here/../rules

"$build/bin/make_input" "$scratch/small" 2 2 17
"$build/bin/make_input" "$scratch/10k" 5 77 25
"$build/bin/make_input" "$scratch/100k" 10 385 25
# Each version, and each body of version 3: the mix of a real job with random names.
readonly dialects=(2/1.10 3/1.11 3/1.13 3/1.14 3/1.15 4/1.20 5 6)
for dialect in "${dialects[@]}"; do
  "$build/bin/make_input" "$scratch/v${dialect/\//-}" 8 52 25 --dialect "$dialect"
done
cd "$scratch"

# Prints the number of instructions of one command, all of its process.
instructions_of() {
  local log=$scratch/callgrind.log
  rm -f "$scratch/result"
  valgrind --tool=callgrind --callgrind-out-file=/dev/null "$@" >"$log" 2>&1 || { cat "$log" >&2 && die "failed: $*"; }
  sed -n 's/.*Collected : \([0-9]*\).*/\1/p' "$log"
}

count() {
  local input=$1 rule=$2
  shift 2
  instructions_of "$build/bin/stateferry" -q convert -r "$rules/$rule.yaml" "$@" "$input" "$scratch/result"
}

# Of a command that only prints.
count_reading() {
  local command=$1
  shift
  instructions_of "$build/bin/stateferry" -q "$command" "$@"
}

readonly base=s3://bucket-old/flink/checkpoints/00000000000000000000000000001234/chk-7
declare -A counted=(
  [small]=$(count small one-step)
  [10k]=$(count 10k one-step)
  [100k]=$(count 100k one-step)
  [10k-no-verify]=$(count 10k one-step --no-verify)
  [10k-ten-steps]=$(count 10k ten-steps --base-uri "$base")
  [10k-tree]=$(count 10k one-step --reencode)
  [10k-inspect]=$(count_reading inspect 10k)
  [10k-dump]=$(count_reading dump 10k)
  [10k-plan]=$(count_reading plan 10k s3://bucket-new --base-uri "$base")
)
order=(small 10k 100k 10k-no-verify 10k-ten-steps 10k-tree 10k-inspect 10k-dump 10k-plan)
for dialect in "${dialects[@]}"; do
  name=v${dialect/\//-}
  counted[$name]=$(count "$name" one-step)
  order+=("$name")
done
readonly order

if $update; then
  {
    echo "# Most instructions that each run of check.sh may take; made by check.sh --update."
    for name in "${order[@]}"; do
      if [[ $name == 100k ]]; then
        echo "$name $((450 * 100100 + counted[small]))"
      else
        echo "$name $((counted[$name] * (100 + headroom) / 100))"
      fi
    done
  } >"$bounds"
fi

failed=0
printf '%-16s %14s %14s %8s\n' run instructions bound of-it
for name in "${order[@]}"; do
  bound=$(awk -v name="$name" '$1 == name {print $2}' "$bounds")
  [[ -n $bound ]] || die "no bound for $name in bounds.txt"
  now=${counted[$name]}
  printf '%-16s %14d %14d %7d%%\n' "$name" "$now" "$bound" $((now * 100 / bound))
  if ((now > bound)); then
    failed=$((failed + 1))
    echo "FAILED $name: $now instructions are $((now - bound)) ($(((now - bound) * 100 / bound)) %) above its bound of $bound"
  fi
done
if ((failed > 0)); then
  echo "if the cost is meant: benchmarks/instructions/check.sh --update BUILD, and say why in the commit"
  exit 1
fi
