# The sample files pass their own tests; a JUnit file is there only when it is whole.
stateferry rules test samples/*.yaml --junit results.xml
grep -c '<testcase' results.xml
stateferry rules test samples/hdfs-to-s3.yaml --junit results.xml
