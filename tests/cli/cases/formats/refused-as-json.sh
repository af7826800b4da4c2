stateferry convert --json --for-flink 1.9 --base-uri s3://b/x snapshots/2.3.0-inc out 2>/dev/null >document
echo $?
json .written .conversion.class .conversion.to-dialect .conversion.findings.0.what .conversion.findings.1.class .conversion.findings.1.operator.index .conversion.findings.1.places.0 .error.code <document
