# Names in files, on disks and in rules try to move the cursor, forge lines and turn text around: whatever is said,
# a terminal gets text.
evil=$'e\x1b[2J\x1b]0;owned\x07\n+ forged\r\x7f\u202e\u2066\u009b'

# Says what came of a command, and what it said.
checked() {
  local exit
  "$@" >out.txt 2>err.txt
  exit=$?
  shift
  printf '%s: exit %s, ' "${label-$1}" "$exit"
  python3 -I -S "$TOOLS/only_text.py" out.txt err.txt
}

# Only what is said beside a result that programs read.
told() {
  stateferry "$@" >/dev/null
}

# A snapshot with such names of an operator and a bucket, each as long as it was.
forged_names() {
  LC_ALL=C sed -e 's/keyed-uid/k\x1b[2J\xc2\x9b\nx/' -e 's/s3:\/\/bucket-old\//s3:\/\/b\x1b[2J\rd\/xy\//'
}

python3 "$TOOLS/../support/make_snapshot.py" "$evil/job" 3
job="$evil/job/chk-1"
mkdir named && forged_names <snapshots/2.3.0-inc/_metadata >named/_metadata
cp -r snapshots/1.9.3-heap "$evil/given"
cp named/_metadata "$evil/named"
touch "$evil/job/stray"
cp samples/bucket-to-bucket.yaml rules.yaml
cp rules.yaml "$evil/rules.yaml"
cat >"$evil/tests.yaml" <<END
rules: "v1"
steps:
  - id: move
    uses: uri.replace-prefix
    with: {from: "s3://a", to: "s3://b"}
tests:
  - name: "a \\u202e test"
    uris:
      "s3://a/x": "s3://b/\\u202ex"
END
to=(-r rules.yaml --set from="file:$PWD" --set to=$'s3://new/\u202e')

for color in never always; do
  if [[ $color == always ]]; then
    # Our own colours may be there.
    checked() {
      local exit
      "$@" --color always >raw.txt 2>raw-err.txt
      exit=$?
      sed -E 's/\x1b\[(0|1|2|31|32|1;31|1;33)m//g' raw.txt >out.txt
      sed -E 's/\x1b\[(0|1|2|31|32|1;31|1;33)m//g' raw-err.txt >err.txt
      shift
      printf 'in colour, %s: exit %s, ' "${label-$1}" "$exit"
      python3 -I -S "$TOOLS/only_text.py" out.txt err.txt
    }
  fi
  checked stateferry inspect "$job"
  label="inspect of names" checked stateferry inspect named
  label="inspect --json" checked stateferry inspect --json named
  checked stateferry dump "$job"
  label="dump --json" checked stateferry dump --json named
  label="convert --diff" checked stateferry convert "${to[@]}" "$job" --dry-run --diff
  label="convert --diff of names" checked stateferry convert -r rules.yaml --set from=s3://b --set to=s3://c \
    named --dry-run --diff
  label="convert --diff --json" checked stateferry convert "${to[@]}" "$job" --dry-run --diff --json
  label="convert to a file" checked stateferry convert "${to[@]}" "$job" "$evil/out-$color"
  label="convert many" checked stateferry convert "${to[@]}" --out-dir "$evil/many-$color" "$job" "$evil/given" --diff
  label="convert of nothing" checked stateferry convert "${to[@]}" "$evil/none" out
  label="convert, logs in JSON" checked stateferry convert --log-format json "${to[@]}" "$evil/none" out
  label="convert --for-flink" checked stateferry convert --for-flink 1.8 "$evil/named" --dry-run
  label="plan, what it says" checked told plan "$job" "new-$evil"
  label="plan --json" checked stateferry plan --json "$job" "new-$evil"
  label="plan for rclone" checked stateferry plan --format rclone "$job" "new-$evil"
  label="move --dry-run" checked stateferry move --dry-run "$job" "new-$evil"
  checked stateferry move "$job" "new-$evil-$color"
  label="move of names" checked stateferry move named "new-$evil-$color"
  checked stateferry self-contain "$job" "all-$evil-$color"
  label="verify --all" checked stateferry verify --all "$job"
  label="orphans" checked stateferry orphans --older-than 0 --root "$evil/job" "$job"
  label="orphans --json" checked stateferry orphans --older-than 0 --json --root "$evil/job" "$job"
  label="rules check" checked stateferry rules check "$evil/rules.yaml"
  label="rules explain" checked stateferry rules explain "${to[@]:1:1}" "${to[@]:2}"
  label="rules test" checked stateferry rules test "$evil/tests.yaml"
  label="rules invert" checked stateferry rules invert rules.yaml "${to[@]:2}" --against "$job"
  label="plugins list" checked stateferry plugins list --plugin-dir "$PWD/$evil/none"
  label="plugins describe" checked stateferry plugins describe "$evil"
  label="explain" checked stateferry explain "$evil"
  label="an option" checked stateferry inspect "--$evil" x
  label="--config" checked stateferry verify --config "$evil" "$job"
done

echo "the diff of one that a newline would forge:"
stateferry convert -r rules.yaml --set from="file:$PWD" --set to=s3://new/flink "$job" --dry-run --diff 2>/dev/null
