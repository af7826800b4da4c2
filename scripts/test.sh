#!/usr/bin/env bash
# Builds and tests everything, stage by stage, to the end even if one fails:
#   --fast     checks of the source tree and the fast tests of the dev build; no JVM, no network
#   (nothing)  also formatting, shell scripts, all tests under sanitizers and with Clang, and with the
#              release build Flink's own snapshots and readers by Maven, installation and out-of-tree examples,
#              completion in editors by npm and in shells, and the page of `inspect --html` in Chromium; real Flink
#              releases restore what was rewritten; set-up and fast tests on a bare Debian
#   --e2e-all  instead of a part of the restores by real Flink releases all of them
#   --only S…  the stages of these names
#   --campaign NAME [OPTION…]
#              one thing at length, of which the stages do a sample: damage, faults, limits, kill or e2e, or what takes room
#              and time, a file of more than 5 GiB: large; the options are those of tests/faults/run.py,
#              tests/faults/limits.py, tests/kill/commands.py and tests/e2e/run.py
# Needs scripts/install-deps.sh --tests, for --fast --fast-tests. With CI=true a skipped test is a failure. At the end
# stand the seconds that each stage took beside its budget; to be over it is no failure.
# Leaves behind: build/ (one folder per preset, build/maven, build/readers, build/editor, build/page, build/e2e, and
# the log of each stage in build/test).
set -euo pipefail
cd "$(dirname "$0")/.."

readonly results=$PWD/build/test
# Seconds that each stage may take, on two cores with nothing compiled before. CI's are 70 minutes in all.
declare -Ar budgets=(
  [format]=30 [shell]=30 [architecture]=30 [dev]=380 [asan]=400 [clang]=360 [release]=170 [instructions]=80
  [maven]=50 [readers]=190 [out_of_tree]=60 [editor]=50 [shells]=20 [page]=70 [s3]=190 [cost]=160 [stores]=240 [hdfs]=150
  [engines]=50 [faults]=90 [kill]=100 [fresh_debian]=350 [e2e_ci]=350 [dev_fast]=500)
readonly whole_budget=3600
readonly everything=(
  format shell architecture dev asan clang release instructions maven readers out_of_tree editor shells page s3 cost stores hdfs
  engines faults kill fresh_debian e2e_ci)
readonly campaigns=(damage faults limits kill large e2e)
declare -A taken=()
campaign_options=()
passed=0 failed=0 skipped=0
failures=()

usage() {
  sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0"
}

# The stages' own counts are lines `passed=N failed=N skipped=N`, and what went wrong or was left out are
# lines that begin with FAILED or SKIPPED; a stage without counts is one test.

# Prints these lines for a JUnit report by ctest.
count_junit() {
  python3 - "$1" <<'PYTHON'
import re, sys, xml.etree.ElementTree as ET
counts = {"passed": 0, "failed": 0, "skipped": 0}
for case in ET.parse(sys.argv[1]).getroot().iter("testcase"):
    status = case.get("status")
    if status == "run":
        counts["passed"] += 1
    elif status in ("notrun", "disabled"):
        output = case.findtext("system-out") or ""
        reason = re.search(r"Skipped\n(.*?)\n*(?=\[|\Z)", output, re.S)
        reason = " ".join(reason.group(1).split()) if reason else status
        counts["skipped"] += 1
        print("SKIPPED", case.get("name") + ":", reason or "no reason given")
    else:
        counts["failed"] += 1
        print("FAILED", case.get("name"))
        for line in (case.findtext("system-out") or "").splitlines()[-30:]:
            print("  " + line)
print(" ".join(f"{name}={count}" for name, count in counts.items()))
PYTHON
}

build() {
  local preset=$1
  shift
  cmake --preset "$preset" --log-level=WARNING
  cmake --build --preset "$preset" "$@"
}

# Builds a preset and runs those of its tests that ctest's further arguments select.
suite() {
  local preset=$1 report status=0
  shift
  report=$(mktemp "$results/junit.XXXXXX")
  build "$preset"
  # Indented, so that no line of a test's output is taken for the stage's own.
  ctest --preset "$preset" -j "$(nproc)" --output-junit "$report" "$@" 2>&1 | sed 's/^/  /' || status=$?
  count_junit "$report"
  rm "$report"
  return "$status"
}

# Files of the working tree that match the patterns, new ones included.
tracked() {
  git ls-files --cached --others --exclude-standard --deduplicate -- "$@" | while read -r file; do
    [[ ! -e $file ]] || echo "$file"
  done
}

stage_format() {
  tracked '*.cpp' '*.hpp' | xargs clang-format-14 --dry-run --Werror
}

# Fragments without a first line `#!…` are part of a script that isn't known here.
stage_shell() {
  tracked '*.sh' .ci/run | xargs grep -lE -m 1 '^#!' | xargs shellcheck -x
}

# Each check of the tree proves first that it catches what it is for.
stage_architecture() {
  local check status=0
  for check in tests/architecture/*.sh; do
    if "$check" --self-test && "$check"; then
      echo "passed=1 failed=0 skipped=0"
    else
      echo "FAILED $check" && status=1
      echo "passed=0 failed=1 skipped=0"
    fi
  done
  return "$status"
}

stage_dev_fast() { suite dev -L '^fast$'; }
stage_dev() { suite dev; }
# Without leaks: when a plugin is unloaded, what RE2 keeps for the life of the process looks like one.
stage_asan() { ASAN_OPTIONS=detect_leaks=0 suite asan; }
stage_clang() { suite clang; }

# Where its libraries are looked for the other builds' own tests ask.
stage_release() {
  build release --target product
  tests/loading/check.py build/release
}

# Counted by callgrind, so that other work on the machine makes no difference.
stage_instructions() {
  cmake --preset release -DSTATEFERRY_BUILD_BENCHMARKS=ON --log-level=WARNING
  cmake --build --preset release --target product make_input stateferry_micro
  build/release/bin/stateferry_micro --benchmark_min_time=0.001
  benchmarks/instructions/check.sh build/release
}

stage_maven() {
  tests/maven/fetch-and-check.sh build/release/bin/stateferry build/maven
}

# What real Flink releases see in our fixtures.
stage_readers() {
  tests/readers/run.sh build/release/bin/stateferry build/readers
}

# Completion in editors, by their language server.
stage_editor() {
  tests/editor/run.sh build/release build/editor -G Ninja -DCMAKE_BUILD_TYPE=Release
}

# Completion in shells, and manual pages.
stage_shells() {
  tests/shells/run.sh build/release
}

# As the suites do with their builds: install, build the examples against it, use them.
stage_out_of_tree() {
  tests/out_of_tree/run.sh "$PWD/build/release" -G Ninja -DCMAKE_BUILD_TYPE=Release
}

# Calls that fail one after the other, damaged snapshots and hostile rule files: a sample. The logs have the seeds. Which
# allocations there are differs from build to build, so those are for the campaign.
stage_faults() {
  tests/faults/run.py "$PWD/build/release/bin/stateferry" --not-memory --sample 1200
  tests/faults/limits.py "$PWD/build/release/bin/stateferry" --memory --runs 300
}

stage_campaign_faults() {
  build release --target product
  tests/faults/run.py "$PWD/build/release/bin/stateferry" "${campaign_options[@]}"
}

stage_campaign_limits() {
  build release --target product
  tests/faults/limits.py "$PWD/build/release/bin/stateferry" --memory --runs 5000 "${campaign_options[@]}"
}

# A move that is killed at 25 moments, and other commands at 6 each. The log has the seeds.
stage_kill() {
  tests/kill/run.py "$PWD/build/release/bin/stateferry" --kills 25
  tests/kill/commands.py "$PWD/build/release/bin/stateferry" build/s3 --kills 6
}

stage_campaign_large() {
  build release --target product
  tests/s3/large.py --binary "$PWD/build/release/bin/stateferry" --work build/s3
}

stage_campaign_kill() {
  build release --target product
  tests/kill/run.py "$PWD/build/release/bin/stateferry" --kills 1000
  tests/kill/commands.py "$PWD/build/release/bin/stateferry" build/s3 --kills 60 "${campaign_options[@]}"
}

# Every place of the golden files that damage_test takes a sample of, under sanitizers.
stage_campaign_damage() {
  local shard shards status=0 log=$results/damage
  shards=$(nproc)
  rm -f "$log".*
  build asan --target damage_test
  for ((shard = 0; shard < shards; shard++)); do
    STATEFERRY_DAMAGE=every ASAN_OPTIONS=detect_leaks=0 GTEST_TOTAL_SHARDS=$shards GTEST_SHARD_INDEX=$shard \
      build/asan/tests/damage_test --gtest_color=no >"$log.$shard" 2>&1 &
  done
  for ((shard = 0; shard < shards; shard++)); do
    wait -n || status=$?
  done
  sed 's/^/  /' "$log".*
  echo "passed=$(cat "$log".* | grep -c '^\[       OK ') failed=$(cat "$log".* | grep -c '^\[  FAILED  \] .* ms)$') skipped=0"
  rm "$log".*
  return "$status"
}

# The page of `inspect --html`: made of its sources, and in a browser.
stage_page() {
  tests/page/run.sh "$PWD/build/release/bin/stateferry" build/page
}

# Real snapshots between buckets of a real S3 server on this machine, which also fails on purpose.
stage_s3() {
  tests/s3/run.py "$PWD/build/release/bin/stateferry" build/dev/tests/storage_conformance build/s3
}

# How many requests that costs, by the server's own log, and what a server that fails costs.
stage_cost() {
  tests/s3/cost.py "$PWD/build/release/bin/stateferry" build/s3
}

# The other stores, by real servers of each on this machine.
stage_stores() {
  tests/stores/run.py "$PWD/build/release/bin/stateferry" build/dev/tests/storage_conformance build/stores
}

# Real snapshots in a real HDFS on this machine, with one name node and with two, copied by us and by Hadoop's DistCp.
stage_hdfs() {
  tests/hdfs/run.py "$PWD/build/release/bin/stateferry" build/dev/tests/storage_conformance build/hdfs
}

# A real snapshot between buckets by s5cmd, and what S3 Batch Operations are given.
stage_engines() {
  tests/engines/run.py "$PWD/build/release/bin/stateferry" build/s3 build/engines
}

# Real Flink restores what the release build has rewritten.
stage_e2e() {
  tests/e2e/run.py --binary build/release/bin/stateferry --work build/e2e "$@"
}
stage_e2e_ci() { stage_e2e --ci; }

stage_campaign_e2e() {
  build release --target product
  stage_e2e "${campaign_options[@]}"
}

# Set-up by the README's first commands, of HEAD, in a bare root below a folder with a blank in its name.
stage_fresh_debian() {
  local why=''
  if ((EUID != 0)); then
    why="chroot needs root"
  elif ! unshare --mount true; then
    why="this machine gives root no mount namespace"
  fi
  if [[ -n $why ]]; then
    echo "SKIPPED fresh_debian: $why"
    echo "passed=0 failed=0 skipped=1"
  else
    # Indented, so that the counts of the suite in there are not taken for ours.
    scripts/fresh-debian.sh --test | sed 's/^/  /'
  fi
}

# Prints the sum of a count over a stage's log.
sum_of() {
  sed -nE "s/^passed=([0-9]+) failed=([0-9]+) skipped=([0-9]+)$/\\$1/p" "$2" | awk '{n += $1} END {print n + 0}'
}

# Runs one stage with its output in a log, and tells how it went.
stage() {
  local name=$1 log=$results/$1.log started=$SECONDS status ok bad left word=ok
  printf '%-14s ' "$name"
  set +e
  (set -e; "stage_$name") >"$log" 2>&1 </dev/null
  status=$?
  set -e
  ok=$(sum_of 1 "$log") bad=$(sum_of 2 "$log") left=$(sum_of 3 "$log")
  if ((status != 0 && bad == 0)); then
    bad=1
  elif ((ok + bad + left == 0)); then
    ok=1
  fi
  if ((bad > 0)) || { ((left > 0)) && [[ ${CI-} == true ]]; }; then word=FAILED; fi
  passed=$((passed + ok)) failed=$((failed + bad)) skipped=$((skipped + left))
  taken[$name]=$((SECONDS - started))
  printf '%-7s %5d passed %3d failed %3d skipped %5d s\n' "$word" "$ok" "$bad" "$left" "${taken[$name]}"
  tell_details "$name" "$log" "$bad"
}

tell_details() {
  local name=$1 log=$2 bad=$3 line
  while read -r line; do
    failures+=("$name: $line")
  done < <(grep -E '^FAILED[: ]' "$log")
  grep -E '^SKIPPED ' "$log" || true
  ((bad > 0)) || return 0
  grep -qE '^FAILED[: ]' "$log" || failures+=("$name: see ${log#"$PWD/"}")
  echo "--- the end of ${log#"$PWD/"}"
  tail -n 100 "$log"
  echo "---"
}

# A stage that is to take longer takes it from another one.
check_budgets() {
  local name sum=0
  for name in "${everything[@]}"; do sum=$((sum + budgets[$name])); done
  ((sum <= whole_budget)) || { echo "the budgets of CI's stages add up to $sum s, more than $whole_budget" >&2 && exit 2; }
}

# The seconds of each stage beside its budget.
tell_budgets() {
  local name over
  printf '\n%-14s %7s %7s\n' stage seconds budget
  for name in "${stages[@]}"; do
    over=
    if ((taken[$name] > ${budgets[$name]-taken[$name]})); then over="  OVER BUDGET"; fi
    printf '%-14s %7d %7s%s\n' "$name" "${taken[$name]}" "${budgets[$name]-none}" "$over"
  done
  over=
  if ((SECONDS > whole_budget)); then over="  OVER BUDGET"; fi
  printf '%-14s %7d %7d%s\n\n' "all" "$SECONDS" "$whole_budget" "$over"
}

close() {
  local failure
  tell_budgets
  for failure in "${failures[@]}"; do echo "failed: $failure"; done
  if ((skipped > 0)) && [[ ${CI-} == true ]]; then
    echo "in CI nothing may be skipped: counted as failed"
    failed=$((failed + skipped)) skipped=0
  fi
  echo "logs in build/test"
  echo "$passed passed, $failed failed, $skipped skipped"
  ((failed == 0))
}

case ${1-} in
  --fast) stages=(architecture dev_fast) ;;
  '') stages=("${everything[@]}") ;;
  --e2e-all) stages=("${everything[@]/e2e_ci/e2e}") ;;
  --only) stages=("${@:2}") ;;
  --campaign)
    [[ " ${campaigns[*]} " == *" ${2-} "* ]] || { echo "no campaign '${2-}'; there are ${campaigns[*]}" >&2 && exit 2; }
    stages=("campaign_$2")
    campaign_options=("${@:3}")
    ;;
  -h | --help) usage; exit 0 ;;
  *) usage >&2; exit 2 ;;
esac

for name in "${stages[@]}"; do
  declare -F "stage_$name" >/dev/null || { echo "no stage '$name'; there are ${everything[*]} e2e" >&2 && exit 2; }
done

check_budgets
mkdir -p "$results"
if command -v ccache >/dev/null; then
  # Without the folder's name in the hash, a fresh clone profits from what another one compiled.
  export CMAKE_CXX_COMPILER_LAUNCHER=ccache CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1
fi
for name in "${stages[@]}"; do stage "$name"; done
close
