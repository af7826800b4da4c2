# What no engine is asked for; real ones: tests/engines, tests/hdfs.
incremental_checkpoint
all() {
  stateferry move "$@" old/chk-2 new
  echo "exit $?"
}
all --engine cp
all --engine rclone
all --engine s5cmd
all --engine distcp
all --engine distcp --no-copy
all --engine file --engine-list lists
all --engine s3-batch
all --engine s3-batch --engine-list lists --engine-option account=1
all --engine s3-batch --engine-list lists --engine-option colour=red
ls lists new
stateferry --quiet move --engine file old/chk-2 new && stateferry verify new/chk-2
