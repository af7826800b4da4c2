#!/usr/bin/env bash
# Checks what the compiler can't: who may include whom (cli → rules, transfer → framework ← plugins), that only cli
# prints and nothing below it ends the process, that a transform is one file, the form of headers and CMake files, how
# long files and classes may be, and that every diagnostic code is in the table, and used. Needs grep, sed, awk and find,
# takes two seconds.
# Leaves nothing behind; --self-test breaks each rule in a temporary tree and expects to be told.
set -euo pipefail

readonly source_files=(-name '*.cpp' -o -name '*.hpp')
readonly todo_words='TO''DO|FIX''ME'
readonly most_file_lines=450 most_class_lines=200
# A table with a row for each code: as long as there are codes.
readonly code_table=framework/src/diag/codes.cpp
violations=0

usage() {
  echo "usage: tests/architecture/check.sh [--self-test | ROOT]"
}

violation() {
  echo "$1: $2"
  violations=$((violations + 1))
}

# Files below $root/$1 that match the rest, a `find` expression, relative to $root.
files_in() {
  local folder=$1
  shift
  [[ -d $root/$folder ]] || return 0
  (cd "$root" && find "$folder" \( -name build -o -name .git \) -prune -o -type f \( "$@" \) -print | sed 's,^\./,,' | sort)
}

# The sources of a folder that are part of the product: the tests beside them may see everything.
product_sources() {
  files_in "$1" "${source_files[@]}" | grep -v '_test\.cpp$' || true
}

# Forbids, in the product sources of folder $1, include paths that match $2 unless they match $3.
forbid_includes() {
  local folder=$1 forbidden=$2 allowed=${3:-^$} file hit
  while read -r file; do
    while IFS= read -r hit; do
      violation "$file:$hit" "$folder may not include this"
    done < <(grep -nE '^[[:space:]]*#[[:space:]]*include' "$root/$file" |
      sed -E 's/^([0-9]+):[^<"]*[<"]([^>"]*).*/\1:\2/' |
      grep -E "^[0-9]+:($forbidden)" | grep -vE "^[0-9]+:($allowed)$")
  done < <(product_sources "$folder")
}

# Prints a source file without string literals and line comments, with its lines in place.
code_of() {
  sed -E 's/"([^"\\]|\\.)*"/""/g; s,//.*,,' "$root/$1"
}

# Forbids a pattern in the code of the product sources of folder $1.
forbid_code() {
  local folder=$1 pattern=$2 reason=$3 file hit
  while read -r file; do
    while IFS= read -r hit; do
      violation "$file:$hit" "$reason"
    done < <(code_of "$file" | grep -nE "$pattern")
  done < <(product_sources "$folder")
}

check_dependencies() {
  local rules='(.*/)?rules/' cli='(.*/)?cli/|CLI/' plugins='(.*/)?(plugins|codecs|transforms)/' transfer='(.*/)?transfer/'
  local folder
  for folder in framework/include framework/src; do
    forbid_includes "$folder" "$rules|$cli|$plugins|$transfer|yaml-cpp/|spdlog/"
  done
  forbid_includes rules "$cli|$plugins|$transfer|stateferry/host/" 'stateferry/host/(pipeline|guarded_call|map_fields|trial)\.hpp'
  forbid_includes framework/transfer "$cli|$plugins|$rules|yaml-cpp/|spdlog/"
  forbid_includes plugins "$rules|$cli|$transfer|stateferry/host/"
}

check_calls() {
  local folder call='(^|[^[:alnum:]_.>])'
  for folder in framework plugins rules; do
    forbid_code "$folder" 'std::(cout|cerr|clog)|fmt::print|'"$call"'(v?f?printf|f?puts|putchar|perror) *\(' \
      "only cli prints"
    forbid_code "$folder" "$call"'(abort|exit|_exit|_Exit|quick_exit) *\(' \
      "a library does not end the process"
  done
}

check_headers() {
  local file
  while read -r file; do
    grep -q '^#pragma once$' "$root/$file" || violation "$file" "a header has #pragma once"
    head -n 1 "$root/$file" | grep -qE '^/[/*].*[[:alpha:]]' ||
      violation "$file" "a header begins with a comment that says what it is for"
  done < <(files_in . -name '*.hpp')
}

check_left_overs() {
  local file hit
  while read -r file; do
    while IFS= read -r hit; do
      violation "$file:$hit" "finish it, or make it an error that says what is missing"
    done < <(grep -nwE "$todo_words" "$root/$file")
  done < <(files_in . "${source_files[@]}" -o -name CMakeLists.txt -o -name '*.cmake' -o -name '*.sh' \
    -o -name '*.py' -o -name '*.java')
}

check_cmake_files() {
  local file
  while read -r file; do
    head -n 1 "$root/$file" | grep -qE '^# [^ ]+ .*[[:alpha:]]' ||
      violation "$file" "a CMakeLists.txt begins with a sentence saying what the folder is for"
  done < <(files_in . -name CMakeLists.txt)
}

# The full names that a source declares with STATEFERRY_TRANSFORM, one a line.
declared_in() {
  sed 's,^ *//.*,,' "$root/$1" | tr '\n' ' ' | grep -oE 'STATEFERRY_TRANSFORM *\([^",]*, *"[^"]*"' |
    sed -E 's/.*"(.*)"/\1/' || true
}

# A transform is one file, which declares itself under the name of its folder and its own.
check_transform() {
  local file=$1 folder name
  folder=$(dirname "$file")
  name=$(basename "$file" .cpp)
  [[ $(declared_in "$file") == "$(basename "$folder").${name//_/-}" ]] ||
    violation "$file" "must declare $(basename "$folder").${name//_/-}, once, and no other transform"
  [[ -f $root/$folder/${name}_test.cpp ]] || violation "$file" "a transform has a test beside it: ${name}_test.cpp"
  grep -qwE "^[^#]*$name" "$root/$folder/CMakeLists.txt" || violation "$file" "its CMakeLists.txt doesn't name it"
}

check_transforms() {
  local file
  while read -r file; do
    case $file in
      */plugin.cpp | */transforms.hpp) violation "$file" "transforms declare themselves; there is no list of them" ;;
      *_test.cpp) [[ -f $root/${file%_test.cpp}.cpp ]] || violation "$file" "tests no transform, so nothing builds it" ;;
      *.hpp) ;;
      *) check_transform "$file" ;;
    esac
  done < <(files_in plugins/transforms "${source_files[@]}")
}

# What CONTRIBUTING says that a new transform touches, besides the example out of tree.
check_transform_places() {
  local places
  # shellcheck disable=SC2016  # the backticks are Markdown's
  places=$(sed -n '/^- \*\*A transform\*\*/,/^- \*\*\|^- GCC/p' "$root/CONTRIBUTING.md" | grep -E '^  [0-9]+\.' |
    grep -oE '`[^` ]*\.(cpp|hpp|txt|md|sh)`' | tr -d '`' | tr '\n' ' ' || true)
  [[ $places == 'new_name.cpp new_name_test.cpp CMakeLists.txt scripts/generate-transforms.sh ' ]] ||
    violation CONTRIBUTING.md "a transform is its file, its test, a word of CMake and a generated page, not: $places"
}

# Sources of the product without those that only tests are made of.
measured_sources() {
  local folder
  for folder in framework plugins rules cli; do
    product_sources "$folder" | grep -vE '(^|/)tests/' || true
  done
}

# Reads names of source files, and prints "FILE:REASON" for each that is too long, and for each class that is: its body
# and its members that are defined outside of it in the same file, as clang-format lays them out.
too_long() {
  # shellcheck disable=SC2016
  (cd "$root" && xargs -r awk -v most_file=$most_file_lines -v table=$code_table -v most_class=$most_class_lines '
    function judge(name) {
      if (file == "") return
      if (last > most_file && file != table) print file ":" last " lines; a file has at most " most_file " and one responsibility"
      for (name in total)
        if (total[name] > most_class)
          print file ":class " name " has " total[name] " lines; a class has at most " most_class \
            " and one responsibility"
    }
    FNR == 1 {
      judge()
      file = FILENAME
      split("", total)
      depth = 0
      in_head = 0
      member = ""
    }
    { last = FNR }
    in_head || /^ *(class|struct) [A-Za-z_]/ {
      if (!in_head) {
        head = $0
        sub(/^ *(class|struct) /, "", head)
        sub(/^STATEFERRY_API /, "", head)
        sub(/[^A-Za-z0-9_].*/, "", head)
        match($0, /^ */)
        head_indent = RLENGTH
        head_line = FNR
      }
      in_head = $0 !~ /[;{}]$/
      if ($0 ~ /{$/) {
        ++depth
        names[depth] = head
        indents[depth] = head_indent
        starts[depth] = head_line
      }
      next
    }
    depth > 0 && /^ *}/ {
      match($0, /^ */)
      if (RLENGTH == indents[depth]) {
        total[names[depth]] += FNR - starts[depth] + 1
        --depth
      }
    }
    member != "" {
      if (!/^}/) next
      total[member] += FNR - member_line + 1
      member = ""
      next
    }
    depth == 0 && /^[A-Za-z].*\(/ {
      front = substr($0, 1, index($0, "(") - 1)
      if (!match(front, /[A-Za-z0-9_]+::~?(operator.*|[A-Za-z0-9_]+)$/)) next
      name = substr(front, RSTART)
      sub(/::.*/, "", name)
      if (/[;}]$/) {
        total[name] += 1
      } else {
        member = name
        member_line = FNR
      }
    }
    END { judge() }
  ')
}

check_sizes() {
  local hit
  while IFS= read -r hit; do
    violation "${hit%%:*}" "${hit#*:}"
  done < <(measured_sources | too_long)
}

# Reads names of source files, and prints the diagnostic codes in them as FILE:LINE:CODE. What is compared with the
# front of codes is none.
codes_in() {
  (cd "$root" && xargs -r grep -noE '(starts_with\()?"[EW]-[A-Z0-9-]+"' /dev/null) |
    grep -v 'starts_with(' | tr -d '"'
}

check_codes() {
  local table used hit
  [[ -f $root/$code_table ]] || return 0
  table=$(codes_in <<<$code_table | sed 's/.*://' | sort -u)
  used=$(measured_sources | grep -vxF $code_table | codes_in | sort -u)
  while IFS= read -r hit; do
    violation "${hit%:*}" "${hit##*:} is not in $code_table"
  done < <(grep -vE ":($(paste -sd '|' <<<"$table"))\$" <<<"$used")
  while IFS= read -r hit; do
    violation $code_table "$hit is in no other source"
  done < <(grep -vxF "$(grep -oE '[^:]+$' <<<"$used")" <<<"$table")
}

check_tree() {
  root=$1
  violations=0
  check_dependencies
  check_calls
  check_headers
  check_left_overs
  check_cmake_files
  check_transforms
  check_transform_places
  check_sizes
  check_codes
}

# Writes file $1 of the fake tree.
put() {
  mkdir -p "$(dirname "$fake/$1")"
  printf '%s\n' "$2" >"$fake/$1"
}

# What breaks no rule, some of it lookalikes.
put_good_files() {
  put framework/include/stateferry/plugin/plugin.hpp $'// What authors include.\n#pragma once'
  put framework/src/good.cpp $'#include "stateferry/plugin/plugin.hpp"\n// never std::cout\nint a = snprintf(p, n, "abort()");'
  put rules/src/good.cpp $'#include <yaml-cpp/yaml.h>\n#include "stateferry/rules/a.hpp"\n#include "stateferry/host/pipeline.hpp"'
  put framework/transfer/src/good.cpp '#include "stateferry/host/plugin_registry.hpp"'
  put plugins/codecs/v1/good.cpp $'#include "stateferry/codecs/grammar.hpp"\n#include "stateferry/plugin/plugin.hpp"\nint a = child.exit();'
  put plugins/codecs/v1/codec_test.cpp '#include "stateferry/host/plugin_registry.hpp"'
  put cli/main.cpp $'#include <CLI/CLI.hpp>\n#include "stateferry/rules/a.hpp"\nint main() { std::cout << 1; std::exit(2); }'
  put cli/CMakeLists.txt '# The command line.'
  put cli/codes.cpp 'auto a = E("E-ARG-USAGE"); bool b = c.starts_with("E-NO");'
  put "$code_table" '{"E-ARG-USAGE", 1},'
  put rules/src/long_enough.cpp "$(a_class 194 1)"
  put_good_transforms
}

# Writes CONTRIBUTING.md of the fake tree, in which a transform has one more place.
put_contributing() {
  put CONTRIBUTING.md "- **A storage**: \`storage.hpp\`.
- **A transform**: a file, held by \`check.sh\`.
  1. \`new_name.cpp\`: the class.
  2. \`new_name_test.cpp\`.
  3. \`CMakeLists.txt\`: the word \`new_name\`.${1-}
  4. \`scripts/generate-transforms.sh\` writes its page.
- GCC 12 builds \`everything.cpp\`."
}

put_good_transforms() {
  local name folder=plugins/transforms/uri
  put_contributing
  put $folder/CMakeLists.txt '# Texts of locations; unlisted is not among them.
stateferry_add_transforms(uri VERSION 1.0.0
  TRANSFORMS good good_too other_name other_space twice undeclared untested)'
  for name in good good_too; do put $folder/${name}_test.cpp '// A test.'; done
  put $folder/good.cpp 'STATEFERRY_TRANSFORM(Good, "uri.good", "does good")'
  put $folder/good_too.cpp $'// Not STATEFERRY_TRANSFORM(A, "uri.x", "y").\nSTATEFERRY_TRANSFORM(Good,\n  "uri.good-too", "a, b")'
  put $folder/shared.hpp $'// Shared.\n#pragma once'
}

# A class with that many lines in its body, and a member that is defined outside in so many.
a_class() {
  echo 'class Long final : public A,'
  echo '                   public B {'
  printf '  int a;\n%.0s' $(seq "$1")
  echo '};'
  echo 'std::string Long::member(int a) {'
  printf '  a();\n%.0s' $(seq "$2")
  echo '}'
}

# Adds a file that breaks one rule.
put_bad_file() {
  bad_files+=("$1")
  put "$1" "$2"
}

put_bad_includes() {
  local path number=0
  for path in stateferry/rules/rule_file.hpp cli/command.hpp ../../plugins/a.hpp stateferry/codecs/grammar.hpp \
    yaml-cpp/yaml.h CLI/CLI.hpp spdlog/spdlog.h; do
    put_bad_file "framework/src/include$((++number)).cpp" "#include \"$path\""
  done
  for path in stateferry/rules/rule_file.hpp cli/command.hpp yaml-cpp/yaml.h stateferry/codecs/grammar.hpp; do
    put_bad_file "framework/transfer/src/include$((++number)).cpp" "#include \"$path\""
  done
  put_bad_file framework/include/yaml.hpp $'// A header.\n#pragma once\n  #  include <yaml-cpp/yaml.h>'
  for path in stateferry/host/plugin_registry.hpp CLI/CLI.hpp cli/command.hpp stateferry/codecs/grammar.hpp \
    plugins/transforms/uri/replace_prefix.hpp; do
    put_bad_file "rules/src/include$((++number)).cpp" "#include \"$path\""
  done
  for path in stateferry/host/pipeline.hpp stateferry/rules/rule_file.hpp cli/command.hpp CLI/CLI.hpp; do
    put_bad_file "plugins/codecs/v1/include$((++number)).cpp" "#include <$path>"
  done
}

put_bad_calls() {
  local code number=0
  for code in 'std::cout << 1;' 'std::cerr << "s3://x";' 'printf("x");' 'fprintf(stderr, "x");' 'std::fprintf (std' \
    'if (a) std::puts("x");' 'fmt::print("x");' 'std::abort();' 'exit(1);' 'std::quick_exit(1);' '{_exit(1);}'; do
    put_bad_file "framework/src/call$((++number)).cpp" "$code"
    put_bad_file "plugins/codecs/v1/call$number.cpp" "$code"
    put_bad_file "rules/src/call$number.cpp" "$code"
    put_bad_file "framework/transfer/src/call$number.cpp" "$code"
  done
}

put_bad_forms() {
  put_bad_file cli/no_guard.hpp '// No guard.'
  put_bad_file cli/no_comment.hpp '#pragma once'
  put_bad_file cli/later.cpp "// ${todo_words%|*}: later"
  put_bad_file cli/mend.cpp "int a;  // ${todo_words#*|}"
  put_bad_file tests/run.sh "# ${todo_words%|*} later"
  put_bad_file rules/CMakeLists.txt 'add_library(rules)'
  put_bad_file tests/CMakeLists.txt '#'
}

put_bad_transforms() {
  local name folder=plugins/transforms/uri
  for name in other_name other_space twice undeclared unlisted; do put $folder/${name}_test.cpp '// A test.'; done
  put_bad_file $folder/of_nothing_test.cpp '// A test.'
  put_bad_file $folder/plugin.cpp 'STATEFERRY_TRANSFORM_PLUGIN("uri", "1.0.0")'
  put_bad_file $folder/transforms.hpp $'// The transforms of this namespace.\n#pragma once'
  put_bad_file $folder/undeclared.cpp 'Transform* make_undeclared();'
  put_bad_file $folder/other_name.cpp 'STATEFERRY_TRANSFORM(A, "uri.other_name", "x")'
  put_bad_file $folder/other_space.cpp 'STATEFERRY_TRANSFORM(A, "url.other-space", "x")'
  put_bad_file $folder/twice.cpp $'STATEFERRY_TRANSFORM(A, "uri.twice", "x")\nSTATEFERRY_TRANSFORM(B, "uri.more", "x")'
  put_bad_file $folder/untested.cpp 'STATEFERRY_TRANSFORM(A, "uri.untested", "x")'
  put_bad_file $folder/unlisted.cpp 'STATEFERRY_TRANSFORM(A, "uri.unlisted", "x")'
  bad_files+=(CONTRIBUTING.md)
  # shellcheck disable=SC2016  # the backticks are Markdown's
  put_contributing ' `plugin.cpp`: another line.'
}

put_bad_sizes() {
  put_bad_file cli/long_file.cpp "$(printf 'int a;\n%.0s' $(seq $((most_file_lines + 1))))"
  put_bad_file cli/long_body.cpp "$(a_class 198 0)"
  put_bad_file cli/long_members.cpp "$(a_class 100 97)"
}

put_bad_codes() {
  put_bad_file framework/src/misspelt.cpp 'throw Error("E-ARG-USGAE", "x");'
}

self_test() {
  local file lines passed=0 failed=0 bad_files=()
  fake=$(mktemp -d)
  trap 'rm -rf "$fake"' EXIT
  put_good_files
  check_tree "$fake" >"$fake/good"
  if ((violations == 0)); then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    sed 's/^/self-test: complained for nothing: /' "$fake/good"
  fi

  put_bad_includes
  put_bad_calls
  put_bad_forms
  put_bad_transforms
  put_bad_sizes
  put_bad_codes
  check_tree "$fake" >"$fake/bad"
  for file in "${bad_files[@]}"; do
    lines=$(grep -c "^$file:" "$fake/bad" || true)
    if ((lines == 1)); then
      passed=$((passed + 1))
    else
      failed=$((failed + 1))
      echo "self-test: $file was named $lines times instead of once: $(<"$fake/$file")"
    fi
  done
  echo "passed=$passed failed=$failed skipped=0"
  ((failed == 0))
}

case ${1-} in
  --self-test)
    self_test
    exit
    ;;
  -h | --help)
    usage
    exit 0
    ;;
  -*)
    usage >&2
    exit 2
    ;;
esac
check_tree "${1:-$(cd "$(dirname "$0")/../.." && pwd)}"
if ((violations > 0)); then
  echo "architecture: $violations violations"
  exit 1
fi
echo "architecture: no violations"
