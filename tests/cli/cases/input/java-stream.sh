# A savepoint of Flink 1.0 is a Java object without a header.
printf '\xac\xed\0\x05sr\0\x2eorg.apache.flink.runtime' >in
stateferry convert "${move[@]}" in new
