# What fails is shown with its place and both texts; 1 for a failed test.
rules <<'R'
vars: {to: {type: uri-prefix, required: true}}
steps: [{id: move, uses: uri.replace-prefix, with: {from: "s3://bucket-old", to: "${to}"}}]
tests:
  - name: "<moves> & stays"
    vars: {to: "s3://new"}
    uris: {"s3://bucket-old/x": "s3://new/y", "s3://bucket-older/x": null}
  - name: a snapshot
    vars: {to: "s3://new"}
    fixture: snapshots/1.9.3-heap
    expect: {changed: {move: 8}, residual: {"s3://new": 0}}
  - {name: stopped, vars: {to: "s3://new"}, uris: {"hdfs://n/x": null}, fails-with: E-RULE-UNMATCHED-URI}
  - {name: hash, uid-hashes: {keyed-uid: 0280cff30166c8fe8bb88cc69f845dc0}}
R
stateferry rules test rules.yaml --junit results.xml
status=$?
cat results.xml
exit $status
