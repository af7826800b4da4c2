# Two roots into one, and two files of one name: they would become one file.
a=$(locations snapshots/1.9.3-heap | sed -n 1p)
b=$(locations snapshots/1.9.3-heap | sed -n 2p)
rules <<E
steps:
  - id: merge
    uses: uri.map-prefix
    with: {map: {"s3://bucket-old": "s3://bucket-new", "$a": "s3://bucket-new/same", "$b": "s3://bucket-new/same"}}
E
mkdir new
stateferry convert -r rules.yaml snapshots/1.9.3-heap new
code=$?
ls -A new
exit "$code"
