# Rules match locations without a scheme literally, as they do schemes.
python3 "$TOOLS/../support/make_snapshot.py" job 3 --root /data/old --no-data --size 10
replace() {
  echo "$1 -> $2"
  rules <<END
steps:
  - {id: move, uses: uri.replace-prefix, with: {from: "$1", to: "$2"}}
END
  rm -rf out && stateferry convert -q -r rules.yaml job/chk-1 out && locations out | head -1
}
replace /data/old /mnt/new
stateferry convert -r rules.yaml out again
stateferry rules invert rules.yaml --against job/chk-1 | grep with -A2
replace /data/old file:/mnt/new
replace / hdfs://nn:8020
replace /data/old s3://new/flink
replace file:/data/old s3://new
replace s3://old /data/new
replace data/old s3://new
rules <<'END'
steps:
  - id: move
    uses: uri.map-prefix
    with: {map: {/data/old: s3://new}}
    where: {scope: [shared]}
END
stateferry convert -q --base-uri file:/data/old/chk-1 -r rules.yaml job/chk-1 out2 && locations out2 | head -1
stateferry convert -q --base-uri hdfs://nn/data/old/chk-1 --default-scheme hdfs://nn -r rules.yaml job/chk-1 out3 &&
  locations out3 | head -1
echo "relative handles"
rules <<'END'
steps:
  - {id: shorten, uses: handle.relativize, with: {directory: "file:/data/old/shared"}}
END
stateferry convert -q -r rules.yaml job/chk-1 short && stateferry dump short | grep -m1 relative_path
rules <<'END'
steps:
  - {id: lengthen, uses: handle.absolutize, with: {directory: /data/old/shared}}
END
stateferry convert -q -r rules.yaml short long
echo "exit $?"
