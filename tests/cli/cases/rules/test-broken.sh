# Each file is run; the exit code is that of the first that has one.
printf 'rules: "v1"\nsteps: [{id: a, uses: uri.schem}]\ntests: []\n' >broken.yaml
stateferry rules test --json broken.yaml nowhere.yaml samples/hdfs-to-s3.yaml --junit results.xml >out
status=$?
json .schema .files.0.valid .files.0.problems.0.code .files.2.tests.0.passed .tests .failed <out
sed -n 2,5p results.xml
exit $status
