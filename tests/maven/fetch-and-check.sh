#!/usr/bin/env bash
# Runs a stateferry binary over every snapshot inside Flink's own test jars, which Maven fetches: versions 1
# to 7 must come back byte for byte, version 0 must be refused. jars.txt says what each jar must hold.
# Leaves behind: the jars and their unpacked resources in WORKDIR (a second run needs no network), and what
# Maven keeps in its local repository.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
readonly here last_version=5 most_problems=20

die() {
  echo "fetch-and-check: $*" >&2
  exit 1
}

# The lines of jars.txt that are not comments.
jar_table() {
  grep -v '^#' "$here/jars.txt"
}

jars_are_there() {
  jar_table | awk '{print $1 "  " $2}' | (cd "$jars" && sha256sum --check --status 2>/dev/null)
}

fetch() {
  mkdir -p "$jars"
  if jars_are_there; then return; fi
  echo "fetching Flink's test jars by Maven"
  mvn -q -B -Dstyle.color=never -f "$here/pom.xml" -Dout="$jars" process-resources || die "Maven could not fetch the jars"
  jars_are_there || die "the jars in $jars are not those of jars.txt"
}

unpack() {
  local jar=$1 to=$2
  [[ ! -d $to ]] || return 0
  rm -rf "$to.part"
  mkdir -p "$to.part"
  unzip -q "$jars/$jar" -x '*.class' -d "$to.part"
  mv "$to.part" "$to"
}

# True for a file that begins with the magic number 49 60 67 2D, which is plain text.
has_magic() {
  local head
  IFS= read -r -d '' -N 4 head <"$1" || return 1
  [[ $head == 'I`g-' ]]
}

format_version() {
  od -An -t d4 --endian=big -j 4 -N 4 "$1" | tr -d ' '
}

convert() {
  rm -f "$out"
  # The braces keep the shell's own word on a crash out of the way; the exit code tells.
  { "$binary" convert --reencode "$1" "$out" >"$said" 2>&1; } 2>/dev/null
}

# Checks one file; sets $problem when it isn't as it should be.
check() {
  local file=$1 version=$2 status=0
  problem=
  convert "$file" || status=$?
  if ((version > 0)); then
    if ((status != 0)); then
      problem="exit code $status"
    elif ! cmp -s "$file" "$out"; then
      problem="the output differs from the input"
    fi
  elif ((status != 65)); then
    problem="exit code $status instead of 65"
  elif ! grep -q E-FORMAT-V0 "$said"; then
    problem="the message has no E-FORMAT-V0"
  elif [[ -e $out ]]; then
    problem="an output file was left"
  fi
}

report_problem() {
  failed=$((failed + 1))
  ((failed <= most_problems)) || return 0
  echo "FAILED $1: $2"
  sed 's/^/  /' "$said"
}

# Checks all snapshots of one jar, and that there are as many as the rest of its line says.
check_jar() {
  local jar=$1 folder=$work/unpacked/${1%.jar}
  shift
  local expected=("$@") found=() file version
  for ((version = 0; version <= last_version; ++version)); do found[version]=0; done
  unpack "$jar" "$folder"
  while IFS= read -r -d '' file; do
    has_magic "$file" || continue
    version=$(format_version "$file")
    found[version]=$((${found[version]-0} + 1))
    check "$file" "$version"
    if [[ -n $problem ]]; then
      report_problem "${file#"$work/unpacked/"} (version $version)" "$problem"
    else
      passed=$((passed + 1))
    fi
  done < <(find "$folder" -type f -size +7c -print0 | sort -z)
  printf '%-45s %5s %5s %5s %5s %5s %5s\n' "$jar" "${found[@]}"
  if [[ ${found[*]} != "${expected[*]}" ]]; then
    : >"$said"
    report_problem "$jar" "holds ${found[*]} snapshots of versions 0, 1, …; expected ${expected[*]}"
  fi
}

if (($# != 2)); then
  echo "usage: tests/maven/fetch-and-check.sh BINARY WORKDIR" >&2
  exit 2
fi
[[ -x $1 ]] || die "$1 is not a program"
binary=$(realpath "$1")
mkdir -p "$2"
work=$(realpath "$2")
readonly binary work jars=$work/jars said=$work/said out=$work/out.metadata
passed=0 failed=0

fetch
printf '%-45s %5s %5s %5s %5s %5s %5s\n' 'snapshots by format version' V0 V1 V2 V3 V4 V5
while read -r _ jar counts; do
  read -ra expected <<<"$counts"
  check_jar "$jar" "${expected[@]}"
done < <(jar_table)
rm -f "$out" "$said"
if ((failed > most_problems)); then echo "FAILED $((failed - most_problems)) more"; fi
echo "passed=$passed failed=$failed skipped=0"
((failed == 0))
