#!/usr/bin/env bash
# Makes the files in tests/unit/data/ha: what the high availability services of real Flink releases keep of a
# checkpoint. Needs what run.sh has left in WORKDIR.
#   make-ha-records.sh WORKDIR
# Leaves behind: the files. They differ each time in the random letters of a name.
set -euo pipefail
(($# == 1)) || { echo "usage: tests/readers/make-ha-records.sh WORKDIR" >&2 && exit 2; }

work=$(realpath "$1")
cd "$(dirname "$0")/../.."
for made in 1.9:v2/golden/heap-inline-savepoint.v2-1.9.3 1.20:v4/golden/heap-inline-savepoint.v4-1.20.3 \
  2.3:v6/golden/heap-inline-savepoint.v6-2.3.0; do
  release=${made%%:*}
  # In a folder of this name, since Flink notes where it has put the file.
  rm -rf "/tmp/ha/$release"
  java -cp "$work/classes:$work/lib/$release/*" stateferry.readers.HaRecords "plugins/codecs/${made#*:}.bin" \
    s3://bucket-old/flink/job/chk-7 "/tmp/ha/$release"
  mkdir -p "tests/unit/data/ha/$release"
  mv "/tmp/ha/$release"/* "tests/unit/data/ha/$release/"
done
