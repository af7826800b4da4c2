"""What pages take for granted: the files, stores and values behind the names that they use."""

import re

# What each session begins with, as bash, in an empty folder that is also its HOME. $SOURCE is the clone. Buckets of s3
# and paths of hdfs://nn are folders below stores/, which rclone serves as it would serve a store; but a folder has to be
# there to be listed, as DIR/_metadata is of a target.
BASE = r"""
cp -r "$SOURCE/examples" "$SOURCE/rules" .
chmod -R u+w examples rules
mkdir -p root/{backup,mnt,data} build tmp stores/s3/archive stores/s3/{old,new,bucket}/{flink/,}job/_metadata stores/hdfs .config/{rclone,stateferry} \
  .zfunc .config/fish/completions
ln -s "$BUILD" build/release
for remote in old new; do
  printf '[%s]\ntype = alias\nremote = %s\n' $remote "$PWD/stores/s3"
done >.config/rclone/rclone.conf
printf 'remotes:\n  s3: {type: alias, remote: "%s"}\n  hdfs://nn: {type: alias, remote: "%s"}\n' \
  "$PWD/stores/s3" "$PWD/stores/hdfs" >.config/stateferry/config.yaml
# A job's checkpoint N with its files at DIR/chk-N, whose metadata knows where they lie: job_at DIR N.
job_at() {
  cp -r examples/whole/2.3.0-inc tmp/job && mv -T tmp/job/chk-2 tmp/chk && mv tmp/chk "tmp/job/chk-$2"
  stateferry -q adopt "tmp/job/chk-$2" && stateferry -q move "tmp/job/chk-$2" "$1" && rm -r tmp/job
}
"""

SNAPSHOT = "cp -r examples/snapshots/2.3.0-inc "
MIRRORED = "job_at s3://old/flink/job 9; stateferry mirror -q --once s3://old/flink s3://new/flink"
# Rules that move this snapshot.
RULES = "sed s,old-bucket/savepoints,bucket-old/flink, rules/samples/bucket-to-bucket.yaml >"

# What a page's session has beside that.
PAGES = {
    "README.md": "job_at s3://old/flink/job 2",
    "docs/plugin-authors/codec.md": "mkdir acme-codec",
    "docs/plugin-authors/transform.md": "mkdir acme",
    "docs/user/commands.md": SNAPSHOT + r"""new-savepoint
cp -r examples/snapshots/1.9.3-inc old-savepoint
""" + RULES + r"""rules.yaml
job_at /data/ckpts/job 2
# A job that was restarted from it in CLAIM mode, and uses its shared files.
mkdir /data/ckpts/restarted && cp -r /data/ckpts/job/chk-2 /data/ckpts/restarted/chk-3
job_at s3://old/flink/job 9
job_at hdfs://nn/flink/job 9
cp -r examples/snapshots/2.3.0-inc stores/s3/old/job/chk-9
rmdir stores/s3/old/flink/job/_metadata
# What s5cmd, which isn't run, has copied.
cp -r stores/s3/old/flink/job stores/s3/new/flink
rm stores/s3/new/flink/job/chk-9/_metadata
# Two checkpoints of one job.
mkdir orders && cp -r "$SOURCE"/tests/page/2.3.0-inc/chk-1 examples/whole/2.3.0-inc/chk-2 orders
""",
    "docs/user/fleets.md": "job_at s3://old/flink/job 9; echo s3://old/flink/job/chk-9 >list; export JOB_COMPLETION_INDEX=0",
    "docs/user/migration-checklist.md": SNAPSHOT + "SNAP\n" + RULES + "rules.yaml",
    "docs/user/rules.md": r"""
mkdir -p common fixtures && cp -r examples/snapshots/1.9.3-heap fixtures/orders
echo 'rules: "v1"
steps: [{id: no-local-paths, uses: assert.none, where: {uri: {scheme: file}}}]' >common/no-local-paths.yaml
cp rules/samples/bucket-to-bucket.yaml FILE
echo 'rules: "v1"
steps: [{id: roots, uses: uri.map-prefix, with: {map: {"s3://old/flink": "s3://new/flink"}}}]' >roots.yaml
""",
    "examples/out_of_tree_codec/README.md": "mkdir examples/out_of_tree_codec/build",
    "examples/out_of_tree_storage/README.md":
    "touch config.yaml; cp -r examples/whole/2.3.0-savepoint savepoint-b9888f",
    "examples/out_of_tree_transform/README.md": "mkdir examples/out_of_tree_transform/build",
    "stateferry --help": RULES + "move.yaml\n" + SNAPSHOT + "old",
    "stateferry adopt --help": "job_at s3://new/flink/job 9; job_at /backup/job 9",
    "stateferry config check --help": "touch config.yaml",
    "stateferry convert --help": RULES + "move.yaml\n" + SNAPSHOT + "old; " + SNAPSHOT + "savepoint-b9888f\n" +
    "sed -i s,bucket-old,old-bucket,g old/_metadata; mkdir savepoints; " + SNAPSHOT + "savepoints/one; " +
    SNAPSHOT + "stores/s3/new/flink/job/chk-9",
    "stateferry copy --help": "job_at old 9",
    "stateferry diff --help": "job_at s3://bucket/flink/job 8; job_at s3://bucket/flink/job 9; " + SNAPSHOT + "old; " + SNAPSHOT +
    "new",
    "stateferry failover --help": MIRRORED,
    "stateferry mirror --help": "job_at s3://old/flink/job 9",
    "stateferry mirror status --help": MIRRORED,
    "stateferry dump --help": "".join(SNAPSHOT + name + "\n" for name in ("savepoint-b9888f", "a", "b")) +
    "sed -i s,bucket-old,old-bucket,g savepoint-b9888f/_metadata",
    "stateferry help --help": RULES + "move.yaml\n" + SNAPSHOT + "old",
    "stateferry inspect --help": SNAPSHOT + "savepoint-b9888f\nrmdir stores/s3/bucket/flink/job/_metadata; "
    "job_at s3://bucket/flink/job 8; job_at s3://bucket/flink/job 9",
    "stateferry move --help":
    "mkdir old; cp -r examples/whole/2.3.0-savepoint old/savepoint-b9888f; job_at s3://old/flink/job 9; "
    "echo s3://old/flink/job/chk-9 >list",
    "stateferry orphans --help": "job_at s3://bucket/job 8; job_at s3://bucket/job 9; job_at /data/job 9",
    "stateferry plan --help": "job_at s3://old/flink/job 9; cp -r stores/s3/old/flink/job/chk-9 saved; "
    "echo s3://old/flink/job/chk-9 >list",
    "stateferry plugins list --help": "mkdir build/plugins",
    "stateferry rules --help": RULES + "move.yaml",
    "stateferry rules explain --help": RULES + "move.yaml",
    "stateferry rules init --help": SNAPSHOT + "savepoint-b9888f",
    "stateferry rules invert --help": RULES + "move.yaml; " + SNAPSHOT + "old",
    "stateferry scan --help": "mkdir new; cp -r examples/whole/2.3.0-savepoint new/savepoint-b9888f",
    "stateferry self-contain --help": "job_at s3://bucket/job 9",
    "stateferry verify --help": "job_at s3://new/flink/job 9",
}

# Folders of a machine that pages name; a session has them below root/ in its own folder.
ABSOLUTE = ("/backup", "/mnt", "/data")

# Where a page's session begins, if not in the clone.
BEGINS_IN = {
    "examples/out_of_tree_codec/README.md": "examples/out_of_tree_codec",
    "examples/out_of_tree_transform/README.md": "examples/out_of_tree_transform",
}

# Words in inline code that stand for something.
STANDS_FOR = {"CODE": "E-RULE-EXPECT", "COMMAND": "convert", "NAME": "uri.map-prefix"}

# Lines that can't be run to their end here. They are run all the same, and may fail in any way but by the command line.
PARSED_ONLY = (
    r"--plugin-dir (acme|build|acme-codec)\b",  # plugins that tests/out_of_tree builds, to run these lines
    r"cmp .*sample/_metadata again",  # what they would have written
    r"stateferry verify --base-uri s3://new-bucket/",  # a bucket that isn't there
    r"--engine (s5cmd|distcp|s3-batch)",  # tests/engines and tests/hdfs run them
    r"stateferry verify hdfs:///flink/checkpoints",  # Hadoop's configuration isn't there
    r"store check URI",
    r"s3://archive --as orders-9",  # the folder that would have to be there is the target
)

# Lines that end with another code than 0, and should.
ENDS_WITH = {
    # One of the samples isn't what the rules expect.
    ("docs/user/commands.md", "--out-dir many"): 1,
    # Nothing was copied.
    ("docs/user/commands.md", "move --no-copy SNAPSHOT DST"): 66,
    # No name node is said there.
    ("docs/user/storage/hdfs.md", "hdfs:///flink/nothing"): 77,
    # Nothing is there that could need it.
    ("stateferry who --help", "stateferry who"): 1,
    ("stateferry diff --help", "stateferry diff"): 1,
    # diff shows differences.
    ("docs/user/migration-checklist.md", "diff <("): 1,
}


def absolute(text, folder):
    """The text with the folders of ABSOLUTE below `folder`/root."""
    names = "|".join(map(re.escape, ABSOLUTE))
    return re.sub(rf"(?<![\w.…/-])({names})(?![\w-])", lambda match: f"{folder}/root{match[1]}", text)

# What stands in front of parts of rule files.
RULES_ALONE = 'rules: "v1"\nvars: {from: {}, to: {}}\n'
STEPS_ALONE = RULES_ALONE + "steps:\n"

# Keys of configurations that belong to plugins of examples/, which aren't built here: they are taken for notes.
PLUGIN_KEYS = ("share",)


def as_shown(text, folder):
    """The other way round."""
    return text.replace(f"{folder}/root/", "/")
