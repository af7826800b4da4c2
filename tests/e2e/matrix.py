"""What is tested: Flink releases, kinds of snapshots, scenarios, and which of them CI runs."""

import dataclasses


@dataclasses.dataclass(frozen=True, eq=False)
class Release:
    """A release of Flink. `family` names the sources that fit its API, `heap` its heap backend's name, `s3` the
    version of the plugin for S3, `dstl` that of flink-dstl-dfs if not its own. `timers`: it is there for the
    scenario of this name only."""
    name: str
    version: str
    family: str
    s3: str = ""
    heap: str = "hashmap"
    dstl: str = ""
    timers: bool = False


# flink-dstl-dfs and the S3 plugin are not on Maven for each patch release.
RELEASES = [
    Release("1.9", "1.9.3", "1.8", s3="1.8.0", heap="filesystem"),
    Release("1.11", "1.11.6", "1.8", heap="filesystem", timers=True),
    Release("1.13", "1.13.6", "1.12", s3="1.13.6"),
    Release("1.15", "1.15.4", "1.15", s3="1.15.2", dstl="1.15.0"),
    Release("1.18", "1.18.1", "1.15", s3="1.18.1"),
    Release("1.20", "1.20.3", "1.15", s3="1.20.1"),
    Release("2.0", "2.0.1", "2", s3="2.0.0"),
    Release("2.3", "2.3.0", "2", s3="2.3.0"),
]

CORE = "org.apache.flink.core.execution."
OPTIONS = "org.apache.flink.configuration."
OLD_OPTIONS = "org.apache.flink.streaming.api.environment."

# What Flink must have for something; any of the names will do, since classes have moved.
NATIVE = (CORE + "SavepointFormatType",)
CHANGELOG = (OPTIONS + "StateChangelogOptions",)
UNALIGNED = (OLD_OPTIONS + "ExecutionCheckpointingOptions#ENABLE_UNALIGNED",
             OPTIONS + "CheckpointingOptions#ENABLE_UNALIGNED")
FINISHED = (OLD_OPTIONS + "ExecutionCheckpointingOptions#ENABLE_CHECKPOINTS_AFTER_TASKS_FINISH",
            OPTIONS + "CheckpointingOptions#ENABLE_CHECKPOINTS_AFTER_TASKS_FINISH")
MERGING = (OPTIONS + "CheckpointingOptions#FILE_MERGING_ENABLED",)
CLAIM = (CORE + "RestoreMode", "org.apache.flink.runtime.jobgraph.RestoreMode", CORE + "RecoveryClaimMode")
MODES = ["CLAIM", "NO_CLAIM", "LEGACY"]
RELATIVE = ("org.apache.flink.runtime.state.filesystem.RelativeFileStateHandle",)
SOURCES = ("org.apache.flink.api.connector.source.Source",)

# Flink 2 has other names for some keys; each release ignores those that it doesn't know.
CHECKPOINTS = {
    "execution.checkpointing.interval": "150 ms",
    "execution.checkpointing.min-pause": "150 ms",
    "execution.checkpointing.externalized-checkpoint-retention": "RETAIN_ON_CANCELLATION",
}
INCREMENTAL = {
    "state.backend.incremental": "true",
    "execution.checkpointing.incremental": "true",
}
CHANGELOGGED = {
    "state.backend.changelog.enabled": "true",
    "state.changelog.enabled": "true",
    "state.backend.changelog.storage": "filesystem",
    "state.changelog.storage": "filesystem",
    "state.backend.changelog.periodic-materialize.interval": "100 ms",
    "state.changelog.periodic-materialize.interval": "100 ms",
}
UNALIGNED_CHECKPOINTS = {
    "execution.checkpointing.unaligned": "true",
    "execution.checkpointing.unaligned.enabled": "true",
    "taskmanager.memory.segment-size": "4096",
    "taskmanager.network.memory.buffers-per-channel": "1",
    "taskmanager.network.memory.floating-buffers-per-gate": "2",
}
FINISHED_TASKS = {
    "execution.checkpointing.checkpoints-after-tasks-finish.enabled": "true",
    "execution.checkpointing.checkpoints-after-tasks-finish": "true",
}
MERGED = {
    "execution.checkpointing.file-merging.enabled": "true",
    "execution.checkpointing.file-merging.across-checkpoint-boundary": "true",
}


@dataclasses.dataclass(frozen=True, eq=False)
class Kind:
    """A kind of snapshot.

    `evidence` are handle classes of which one must be in it, else it isn't of this kind; `follows` says
    whether its files follow a plain copy, from the release on that writes relative handles; it is restored with
    each of `parallelisms`. `unmerged` is the kind that `--unmerge` makes of it.
    """
    name: str
    title: str
    snapshot: str
    rocksdb: bool
    conf: dict = dataclasses.field(default_factory=dict)
    needs: tuple = ()
    options: dict = dataclasses.field(default_factory=dict)
    evidence: tuple = ()
    follows: bool = True
    claimed: str = ""
    parallelisms: tuple = (2,)
    unmerged: str = ""

    def apart(self):
        """The kind without file merging, which may be this one."""
        return kind(self.unmerged) if self.unmerged else self


KINDS = [
    Kind("savepoint", "canonical savepoint, heap", "savepoint", False,
         evidence=("KeyGroupsSavepointStateHandle", "KeyGroupsStateHandle")),
    Kind("savepoint-rocksdb", "canonical savepoint, RocksDB", "savepoint", True,
         evidence=("KeyGroupsSavepointStateHandle", "KeyGroupsStateHandle")),
    Kind("native", "native savepoint, heap", "native", False, needs=NATIVE,
         evidence=("KeyGroupsStateHandle",)),
    Kind("native-rocksdb", "native savepoint, RocksDB", "native", True, INCREMENTAL, needs=NATIVE,
         evidence=("IncrementalRemoteKeyedStateHandle",)),
    Kind("checkpoint", "checkpoint, heap", "checkpoint", False, CHECKPOINTS,
         evidence=("KeyGroupsStateHandle",)),
    Kind("incremental", "checkpoint, RocksDB incremental", "checkpoint", True, CHECKPOINTS | INCREMENTAL,
         evidence=("IncrementalRemoteKeyedStateHandle",), follows=False),
    Kind("changelog", "checkpoint, changelog over RocksDB", "checkpoint", True,
         CHECKPOINTS | INCREMENTAL | CHANGELOGGED, needs=CHANGELOG,
         evidence=("ChangelogStateBackendHandle", "ChangelogStateBackendHandleImpl"), follows=False),
    Kind("unaligned", "unaligned checkpoint, in-flight records", "checkpoint", False,
         CHECKPOINTS | UNALIGNED_CHECKPOINTS, needs=UNALIGNED, options={"throttle": "2"},
         evidence=("InputChannelStateHandle", "ResultSubpartitionStateHandle", "MergedInputChannelStateHandle")),
    Kind("finished", "checkpoint, finished operators", "checkpoint", False, CHECKPOINTS | FINISHED_TASKS,
         needs=FINISHED, options={"finish": "yes"}),
    Kind("merged", "checkpoint, file merging, heap", "checkpoint", False, CHECKPOINTS | MERGED, needs=MERGING,
         evidence=("SegmentFileStateHandle",), follows=False, unmerged="checkpoint"),
    Kind("merged-incremental", "checkpoint, file merging, RocksDB incremental", "checkpoint", True,
         CHECKPOINTS | INCREMENTAL | MERGED, needs=MERGING, evidence=("SegmentFileStateHandle",), follows=False,
         unmerged="incremental"),
    Kind("claimed", "checkpoint after CLAIM of a native savepoint", "checkpoint", True, CHECKPOINTS | INCREMENTAL,
         needs=CLAIM, evidence=("IncrementalRemoteKeyedStateHandle",), follows=False, claimed="native-rocksdb"),
    Kind("twins", "checkpoint, equal operator state in all subtasks", "checkpoint", False, CHECKPOINTS,
         options={"twins": "yes"}, parallelisms=(1, 2, 3)),
    Kind("merged-twins", "checkpoint, file merging, equal operator state in all subtasks", "checkpoint", False,
         CHECKPOINTS | MERGED, needs=MERGING, options={"twins": "yes"}, evidence=("SegmentFileStateHandle",),
         follows=False, parallelisms=(1, 2, 3), unmerged="twins"),
]


def kind(name):
    return next(each for each in KINDS if each.name == name)


# Scenarios that are about some kinds only.
MERGED_KINDS = ["merged", "merged-incremental", "merged-twins"]
CHAINED = ["incremental", "changelog", "merged", "merged-incremental"]
ONLY = {
    "repair": ["claimed"],
    "max-parallelism": ["savepoint", "checkpoint"],
    "timers": ["savepoint-rocksdb", "incremental"],
    "move-unmerge": MERGED_KINDS,
    "go-on-move": CHAINED,
    "go-on-unmerge": ["merged", "merged-incremental"],
    "go-on-self-contain": CHAINED,
    "go-on-anchor": CHAINED,
}

# Kinds that are there for some scenarios only.
JUST = {
    "twins": ["plain-copy", "move", "self-contain"],
    "merged-twins": ["plain-copy", "move", "move-unmerge", "self-contain"],
}

# What CI runs: every kind, at least four releases, and the newest one with everything but older releases.
CI = [
    "1.9/savepoint/replace-prefix", "1.9/incremental/[!fg]*",
    "1.13/incremental/replace-prefix", "1.13/incremental/self-contain", "1.13/unaligned/plain-copy",
    "1.20/changelog/map-prefix", "1.20/merged/replace-prefix", "1.20/merged/self-contain",
    "1.20/finished/plain-copy",
    "2.3/savepoint/plain-copy", "2.3/savepoint/for-flink-1.20", "2.3/savepoint-rocksdb/rescale",
    "2.3/native/absolutize", "2.3/native-rocksdb/plain-copy", "2.3/checkpoint/plain-copy", "2.3/checkpoint/max-parallelism",
    "2.3/incremental/[!fg]*", "2.3/incremental/for-flink-1.20", "2.3/changelog/plain-copy",
    "2.3/changelog/self-contain", "2.3/merged-incremental/[!fg]*", "2.3/claimed/[!f]*",
    "1.20/incremental/go-on-*", "2.3/incremental/go-on-*", "2.3/changelog/go-on-[sa]*",
    "2.3/merged-incremental/go-on-[ua]*",
    "2.3/twins/*",
]
