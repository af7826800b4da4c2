#!/usr/bin/env bash
# Plugins need nothing but an installation. Installs a build, moves the installation, builds the examples
# against it and uses them with its binary.
#   run.sh BUILD [CMAKE_OPTION…]    BUILD is stateferry's build folder; the options are for the examples
# Works in a temporary folder and leaves nothing behind.
set -euo pipefail

build=$1
shift
cmake_options=("$@")
tests=$(cd "$(dirname "$0")/.." && pwd)
examples=$(cd "$tests/../examples" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
installed=$work/moved
stateferry=$installed/bin/stateferry

fail() {
  echo "FAILED: $*"
  exit 1
}

step() {
  echo "[$SECONDS s] $*"
}

# Fails unless the command ends with this status; what it says is in the file `said` afterwards.
ends_with() {
  local wanted=$1 status=0
  shift
  "$@" >said 2>&1 || status=$?
  ((status == wanted)) || { cat said && fail "exit code $status instead of $wanted: $*"; }
}

says() {
  grep -qF -- "$1" said || { cat said && fail "it doesn't say: $1"; }
}

# The locations in a snapshot, one a line.
locations() {
  "$stateferry" dump "$@" | sed -nE 's/^.*\.path: "(.*)"$/\1/p'
}

contents() {
  (cd "$installed" && find . -type f -exec sha256sum {} + | sort)
}

install_and_move() {
  step "installing"
  cmake --install "$build" --prefix "$work/first" >install.log || { cat install.log && fail "the installation"; }
  mv "$work/first" "$installed"
  contents >before
  # From elsewhere and with nothing set, as the plugins must be found.
  (cd / && env -i "$stateferry" plugins list) >said
  says "$installed/lib/stateferry/plugins/stateferry_codec_v7.so"
  [[ -f $installed/share/stateferry/rules/bucket-to-bucket.yaml ]] || fail "the sample rules are missing"
  [[ -s $installed/share/man/man1/stateferry-rules-check.1 ]] || fail "the manual pages are missing"
  [[ -s $installed/share/bash-completion/completions/stateferry ]] || fail "completion is missing"
  check_loading "$installed"
}

# Everything in a folder finds its libraries from its own place; with the binary in it, that is run beside planted ones.
check_loading() {
  "$tests/loading/check.py" "$@" >said || { cat said && fail "where libraries are looked for"; }
}

# Builds an example; its module is then $work/<example>/<file>.
build_example() {
  local example=$1 module=$2 symbols
  step "building $example"
  {
    cmake -S "$examples/$example" -B "$example" -DCMAKE_PREFIX_PATH="$installed" "${cmake_options[@]}" &&
      cmake --build "$example"
  } >build.log 2>&1 || { cat build.log && fail "$example does not build"; }
  # The plugin alone was compiled, nothing of stateferry but the line that names a module of transforms.
  [[ $(find "$example" -name '*.o' | grep -cv 'CompilerId\|/stateferry_transform_[a-z]*\.cpp\.o$') == 1 ]] ||
    fail "$example compiled more than its source"
  symbols=$(nm -D --defined-only "$example/$module" | grep -v ' _*asan\| __odr_asan')
  [[ $(wc -l <<<"$symbols") == 1 && $symbols == *' T stateferry_plugin_entry' ]] ||
    fail "$module exports $symbols"
  check_loading --no-run "$work/$example"
}

use_transform() {
  local rules=$examples/out_of_tree_transform/tenant-orders.yaml in=$examples/snapshots/2.3.0-inc
  step "using acme.tenant-path"
  ends_with 78 "$stateferry" rules check "$rules"
  says "the plugin 'acme' is not installed"
  ends_with 0 "$stateferry" rules check --plugin-dir out_of_tree_transform "$rules"
  ends_with 0 "$stateferry" plugins describe acme.tenant-path --plugin-dir out_of_tree_transform
  says "plain | hive"
  says "(each)"
  says "keep | stop"

  ends_with 0 "$stateferry" convert -r "$rules" --plugin-dir out_of_tree_transform "$in" moved-once
  says "changed 16 locations"
  diff <(locations "$in" | sed 's,^s3://bucket-old/,&tenants/orders/,') <(locations moved-once) ||
    fail "the locations are not those that they should be"
  ends_with 0 env STATEFERRY_PLUGIN_PATH="$work/out_of_tree_transform" \
    "$stateferry" convert -r "$rules" moved-once moved-twice
  says "already applied"
  cmp moved-once/_metadata moved-twice/_metadata
  ends_with 1 env STATEFERRY_PLUGIN_PATH="$work/out_of_tree_transform" \
    "$stateferry" convert -r "$rules" --set tenant=billing moved-once never
  says "s3://bucket-old/tenants/orders/"
  [[ ! -e never ]] || fail "a run that failed has written"
}

# Nested parameters, lists and choices reach rule files, messages and the schema by one declaration.
use_parameters() {
  local status=0 rules=$examples/out_of_tree_transform
  step "the parameters of acme.tenant-path"
  sed 's,flink/libraries\],flink/inc],' "$rules/tenant-orders.yaml" >keep.yaml
  ends_with 0 "$stateferry" convert -r keep.yaml --plugin-dir out_of_tree_transform --dry-run \
    "$examples/snapshots/2.3.0-inc"
  says "already applied"
  sed 's,treatment: keep,treatment: stop,' keep.yaml >stop.yaml
  ends_with 1 "$stateferry" convert -r stop.yaml --plugin-dir out_of_tree_transform --dry-run \
    "$examples/snapshots/2.3.0-inc"
  says "unmatched"
  # By an independent validator, where there is one.
  /usr/bin/python3 -I "$tests/schema/check.py" --binary "$stateferry" --plugin-dir out_of_tree_transform \
    --word-lists 2 "$rules" "$rules/shared" "$tests/out_of_tree/rules" >said 2>&1 || status=$?
  ((status == 0 || status == 77)) || { cat said && fail "the schema is not what rules check says"; }
}

# A rule file with an include, variables, tests, and transforms of three plugins, from review to the second run.
use_rules() {
  local rules=$examples/out_of_tree_transform/region-move.yaml in=$examples/snapshots/2.3.0-inc
  step "rules of three plugins"
  export STATEFERRY_PLUGIN_PATH=$work/out_of_tree_transform
  ends_with 0 "$stateferry" rules check "$rules"
  ends_with 0 "$stateferry" rules test "$rules" "$examples/out_of_tree_transform/tenant-orders.yaml" --junit rules.xml
  says "region-move.yaml: 5 tests"
  says "tenant-orders.yaml: 4 tests"
  [[ $(grep -c '<testcase ' rules.xml) == 9 ]] || fail "the report for build servers has not 9 tests"
  cp -r "$examples/out_of_tree_transform/shared" .
  sed 's,/tenants/orders/flink/chk-7/x"$,/tenants/flink/chk-7/x",; s,\.\./snapshots,'"$examples/snapshots," "$rules" >broken.yaml
  ends_with 1 "$stateferry" rules test broken.yaml
  says "actual    s3://bucket-eu/tenants/orders/flink/chk-7/x"
  ends_with 0 "$stateferry" rules explain --set tenant=billing "$rules"
  says "no-local-files"
  says 'tenant: "billing"'
  ends_with 0 "$stateferry" convert -r "$rules" "$in" region-once
  says "changed 16 locations"
  ends_with 0 "$stateferry" convert -r "$rules" region-once region-twice
  says "already applied"
  cmp region-once/_metadata region-twice/_metadata
  unset STATEFERRY_PLUGIN_PATH
}

use_codec() {
  local sample=$examples/out_of_tree_codec/sample/_metadata
  local move=(-r "$installed/share/stateferry/rules/bucket-to-bucket.yaml"
    --set from=s3://bucket-old/flink --set to=s3://bucket-new/flink)
  step "using the codec of version 8"
  "$examples/out_of_tree_codec/make_sample.py" sample
  cmp sample "$sample"
  ends_with 65 "$stateferry" dump sample
  says "no codec is installed for metadata format version 8"

  export STATEFERRY_PLUGIN_PATH=$work/out_of_tree_codec
  ends_with 0 "$stateferry" dump sample
  says "operators[0].subtasks[0].managed_keyed.expires_at: 1893456000000"
  [[ $(grep -c expires_at said) == 1 ]] || fail "the second subtask has a value that nobody gave it"
  ends_with 0 "$stateferry" dump --json sample
  says '"expires_at": 1893456000000'
  ends_with 0 "$stateferry" inspect sample
  says "version 8, written by no released Flink"
  ends_with 0 "$stateferry" convert "${move[@]}" sample converted
  says "changed 2 locations"
  diff <("$stateferry" dump sample | sed 's,"s3://bucket-old/,"s3://bucket-new/,') <("$stateferry" dump converted) ||
    fail "more or less has changed than the locations"
  ends_with 0 "$stateferry" convert --reencode sample again
  cmp sample again
  unset STATEFERRY_PLUGIN_PATH
  ends_with 0 "$stateferry" convert "${move[@]}" --plugin-dir out_of_tree_codec sample - </dev/null
}

# A version from elsewhere is converted like any other: from it, to it, by the command line and by rules.
convert_by_codec() {
  local in=$examples/snapshots/2.3.0-inc/_metadata
  step "converting from and to version 8"
  printf 'rules: "v1"\nsteps: []\noutput:\n  metadata-version: 8\n' >to8.yaml
  ends_with 2 "$stateferry" convert --to 8 "$in" never
  says "there is no format version 8"
  says "versions are 1 to 7"
  ends_with 78 "$stateferry" rules check to8.yaml
  says "keep, or a version from 1 to 7"
  ends_with 0 "$stateferry" rules schema
  ! grep -q '"8"' said || fail "the schema offers a version that isn't there"

  export STATEFERRY_PLUGIN_PATH=$work/out_of_tree_codec
  ends_with 2 "$stateferry" convert --to 9 "$in" never
  says "versions are 1 to 8"
  ends_with 2 "$stateferry" convert --to 8 --for-flink 2.3 "$in" never
  says "Flink 2.3 doesn't read format version 8"
  ends_with 0 "$stateferry" rules check to8.yaml
  ends_with 0 "$stateferry" rules schema
  grep -q '"8"' said || fail "the schema doesn't offer version 8"
  ends_with 0 "$stateferry" convert -r to8.yaml "$in" by-rules
  ends_with 0 "$stateferry" convert --to 8 "$in" up
  says "format version 8 is in no released Flink and may still change"
  cmp up by-rules
  ends_with 0 "$stateferry" convert --to 6 up down
  cmp down "$in"

  # What older versions have no place for is told, and stops the run unless a loss is asked for.
  ends_with 0 "$stateferry" convert --explain-target 2.3 sample
  says "when keyed state expires is dropped: formats before version 8 don't say"
  ends_with 79 "$stateferry" convert --to 7 sample never
  says "E-CAPABILITY-LOSS"
  says "operators[0].subtasks[0].managed_keyed.expires_at"
  ends_with 0 "$stateferry" convert --to 7 --on-loss report sample seven
  diff <("$stateferry" dump sample | sed '/expires_at/d; s/^dialect: V8/dialect: V7/') <("$stateferry" dump seven) ||
    fail "more or less was dropped than the field"
  unset STATEFERRY_PLUGIN_PATH
  [[ ! -e never ]] || fail "a run that failed has written"
}

# A whole snapshot to a storage of the example, and back.
use_storage() {
  local metadata
  step "using the storage share"
  cp -r "$examples/whole/2.3.0-savepoint" savepoint
  ends_with 2 "$stateferry" move savepoint share://archive --as moved
  says "no installed storage serves 'share'"
  mkdir archive
  printf 'share:\n  archive: %s\n' "$work/archive" >config.yaml
  export HOME=$work STATEFERRY_PLUGIN_PATH=$work/out_of_tree_storage
  ends_with 66 "$stateferry" move savepoint share://archive --as moved
  says "no share 'archive' is configured"
  ends_with 0 "$stateferry" move --config config.yaml savepoint share://archive --as moved
  diff -r savepoint archive/moved
  ends_with 0 "$stateferry" verify --strict --config config.yaml share://archive/moved
  ends_with 0 "$stateferry" move --config config.yaml share://archive/moved back --as .
  diff -r savepoint back
  metadata=$(sha256sum <archive/moved/_metadata)
  ends_with 0 "$stateferry" move --config config.yaml savepoint share://archive --as moved
  says "this move was done before"
  [[ $(sha256sum <archive/moved/_metadata) == "$metadata" ]] || fail "a second run has written"
  unset STATEFERRY_PLUGIN_PATH
  if [[ -x $build/tests/storage_conformance ]]; then
    step "holding the storage share against what every storage must do"
    "$build/tests/storage_conformance" --gtest_brief=1 --plugin-dir out_of_tree_storage --config config.yaml \
      --root share://archive/conformance
  fi
}

# What the headers say while the plugin is built counts, not what was installed once.
changed_headers() {
  local example=$examples/out_of_tree_transform
  step "headers that were changed after the installation"
  cp -r "$installed" changed
  cmake -S "$example" -B of_changed -DCMAKE_PREFIX_PATH="$work/changed" "${cmake_options[@]}" >build.log 2>&1 ||
    { cat build.log && fail "the example can't be configured"; }
  sed -i 's,^  virtual void configure(,  virtual void prepare() {}\n&,' changed/include/stateferry/plugin/transform.hpp
  cmake --build of_changed >build.log 2>&1 || { cat build.log && fail "the example does not build"; }
  ends_with 0 "$stateferry" plugins list --plugin-dir of_changed
  says "the plugin was built against other stateferry headers; different are plugin/transform.hpp"

  step "another copy of the headers in the include path"
  cmake -S "$example" -B of_both -DCMAKE_PREFIX_PATH="$installed" "${cmake_options[@]}" \
    -DCMAKE_CXX_FLAGS="-I$work/changed/include" >build.log 2>&1 || { cat build.log && fail "of_both"; }
  echo "// of another release" >>changed/include/stateferry/plugin/abi.hpp
  ! cmake --build of_both >said 2>&1 || fail "two copies of the headers were mixed"
  says "header_digests.hpp"
}

install_plugins() {
  local example
  step "installing the plugins"
  contents >after
  cmp before after || fail "the installation was changed by building or using plugins"
  for example in out_of_tree_transform out_of_tree_codec out_of_tree_storage; do
    cmake --install "$example" --prefix "$installed" >install.log || { cat install.log && fail "installing $example"; }
  done
  (cd / && env -i "$stateferry" plugins list) >said
  says "$installed/lib/stateferry/plugins/stateferry_transform_acme.so"
  says "$installed/lib/stateferry/plugins/stateferry_codec_v8.so"
  says "$installed/lib/stateferry/plugins/stateferry_storage_share.so"
  check_loading "$installed"
}

install_and_move
build_example out_of_tree_transform stateferry_transform_acme.so
build_example out_of_tree_codec stateferry_codec_v8.so
build_example out_of_tree_storage stateferry_storage_share.so
use_transform
use_parameters
use_rules
use_codec
convert_by_codec
use_storage
changed_headers
install_plugins
step "done"
