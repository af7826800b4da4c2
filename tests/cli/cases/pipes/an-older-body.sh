# Bodies of version 3 that show themselves in the middle of the file only.
rules <<'R'
output: {untouched-uris: allow}
steps: [{id: move, uses: uri.replace-prefix, with: {from: "s3://bkt", to: "s3://another-bucket"}}]
R
for release in 1.11 1.14; do
  old=$TOOLS/../../plugins/codecs/v3/golden/generated-all.v3-$release.6.bin
  stateferry -q convert -r rules.yaml --record "record-$release" "$old" "file-$release"
  json .steps.0.changed .verified <"record-$release"
  [[ -s "file-$release" && $(json .output.sha256 <"record-$release") == $(sha256sum <"file-$release" | cut -c 1-64) ]] && echo "digest"
  cat "$old" | stateferry -q convert -r rules.yaml - - | cmp - "file-$release" && echo "pipe"
  stateferry -q convert -r rules.yaml --reencode "$old" "tree-$release"
  cmp "tree-$release" "file-$release" && echo "tree"
done
