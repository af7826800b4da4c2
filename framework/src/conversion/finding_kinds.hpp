// What a conversion can find: one row each, with its class, its reason and what could be done.
//
// Framework-internal. Whether a row applies is decided by the converters beside this file, by what
// the codecs say of their dialects and the table of releases.
#pragma once

#include "stateferry/host/conversion.hpp"

namespace stateferry::conversion {

/// One row; see ConversionFinding.
struct FindingKind {
  const char* what;
  LossClass loss;
  bool reversible;
  const char* reason;
  const char* remedy;
};

inline constexpr auto kLossless = LossClass::lossless;
inline constexpr auto kDrops = LossClass::drops_information;
inline constexpr auto kImpossible = LossClass::impossible;

// ---------------------------------------------------------------------------- the whole

inline constexpr FindingKind kVersion1{"version-1", kImpossible, false,
                                       "version 1 is written from version 1 only",
                                       "choose version 2, which Flink 1.3 and later read"};
inline constexpr FindingKind kPropertiesAdded{
    "properties-added", kLossless, true,
    "checkpoint properties are added: the null object, since the file doesn't say what it is",
    "say it with --snapshot, above all for native savepoints that are restored in CLAIM mode"};
inline constexpr FindingKind kPropertiesSaid{
    "properties-added", kLossless, true, "checkpoint properties are added, as --snapshot says", ""};
inline constexpr FindingKind kPropertiesReplaced{
    "properties-replaced", kLossless, false,
    "the null object is replaced by checkpoint properties, as --snapshot says", ""};
inline constexpr FindingKind kNullDropped{"properties-null", kLossless, true,
                                          "checkpoint properties that say nothing are dropped", ""};
inline constexpr FindingKind kPropertiesDropped{
    "properties", kDrops, false,
    "what kind of snapshot it is gets lost: formats before version 4 don't say",
    "say it with --snapshot when the file goes up again"};

// ---------------------------------------------------------------------------- operators

inline constexpr FindingKind kName{
    "operator-name", kDrops, false,
    "the operator's name is dropped: formats before version 5 hold none",
    "nothing depends on it; Flink finds operators by their ids, which stay"};
inline constexpr FindingKind kUid{
    "operator-uid", kDrops, false,
    "the operator's uid is dropped: formats before version 5 hold its hash, "
    "the operator's id",
    "nothing depends on it; Flink finds operators by their ids, which stay"};
inline constexpr FindingKind kChain{
    "operator-chain", kImpossible, false,
    "the state belongs to a chain of several operators, and only the job graph knows which",
    "restore it with a Flink from 1.3 to 1.10 and take a savepoint there"};
inline constexpr FindingKind kChainLength{
    "chain-length", kDrops, false, "a chain length, which no reader looks at, is dropped", ""};
inline constexpr FindingKind kCoordinator{
    "coordinator-state", kImpossible, false,
    "state of the operator's coordinator: formats before version 3 (Flink 1.11) hold none",
    "without it, sources lose their place: drop the operator by a rule if that is wanted"};
inline constexpr FindingKind kFinishedOperator{
    "finished-operator", kImpossible, false,
    "all of the operator's tasks had finished; Flink before 1.14 would run them again from nothing",
    "take the snapshot while all tasks are running"};
inline constexpr FindingKind kFinishedSubtask{
    "finished-subtask", kImpossible, false,
    "the subtask had finished; Flink before 1.14 would misread the file",
    "take the snapshot while all tasks are running"};

// ---------------------------------------------------------------------------- subtasks

inline constexpr FindingKind kDuration{"duration", kDrops, false,
                                       "how long the subtask took for its snapshot is dropped", ""};
inline constexpr FindingKind kLegacy{
    "legacy-state", kImpossible, false,
    "state of the old Checkpointed interface, which Flink reads no more since 1.4",
    "restore it with Flink 1.3, move the code to CheckpointedFunction and take a savepoint there"};
inline constexpr FindingKind kNullEntries{"empty-entries", kLossless, false,
                                          "empty entries of the chain's lists are dropped", ""};
inline constexpr FindingKind kSeveral{
    "several-handles", kImpossible, false,
    "several handles of operator state, of which formats since version 2 hold one per subtask",
    "restore it with a Flink from 1.3 to 1.10 and take a savepoint there"};
inline constexpr FindingKind kRefCheckpoint{
    "reference-checkpoint", kDrops, false,
    "the reference to another checkpoint is dropped: formats before version 7 hold none",
    "keep the checkpoint that it names by other means"};
inline constexpr FindingKind kInputChannels{
    "input-channel-state", kImpossible, false,
    "data in flight to the subtask: formats before version 3 (Flink 1.11) hold no channel state",
    "take a savepoint or an aligned checkpoint, which have none"};
inline constexpr FindingKind kOutputChannels{
    "output-channel-state", kImpossible, false,
    "data in flight from the subtask: formats before version 3 (Flink 1.11) hold no channel state",
    "take a savepoint or an aligned checkpoint, which have none"};
inline constexpr FindingKind kSubtaskAdded{"subtask-index-added", kLossless, true,
                                           "channel handles say the subtask that holds them", ""};
inline constexpr FindingKind kSubtaskDropped{
    "subtask-index-dropped", kLossless, true,
    "channel handles no longer say their subtask, which is the one that holds them", ""};
inline constexpr FindingKind kOtherSubtask{
    "rescaled-channel-state", kImpossible, false,
    "channel state that another subtask wrote before rescaling; Flink 1.11 would take it for this "
    "one's",
    "take a savepoint or an aligned checkpoint, which have no channel state"};
inline constexpr FindingKind kSplit{"merged-channels", kLossless, false,
                                    "a merged channel handle becomes one handle per channel", ""};

// ---------------------------------------------------------------------------- stream handles

inline constexpr FindingKind kRelative{
    "relative-file", kLossless, false,
    "relative paths become absolute: Flink before 1.11 knows none", ""};
inline constexpr FindingKind kRelativeUnknown{
    "relative-file", kImpossible, false,
    "relative paths must become absolute for Flink before 1.11, and nobody said below which "
    "directory",
    "say with --base-uri in which directory the files lie"};
inline constexpr FindingKind kSegment{
    "segment-file", kImpossible, false,
    "a part of a file that several handles share (file merging), which Flink before 1.20 can't "
    "read",
    "the data must be cut: 'move --unmerge' and 'self-contain --unmerge' make a file of each part"};
inline constexpr FindingKind kPlaceholder{"empty-segment", kLossless, false,
                                          "a placeholder for a file without data is resolved", ""};
inline constexpr FindingKind kPlaceholderOperator{
    "empty-segment", kDrops, false,
    "a placeholder for operator state without data is dropped, with the two directories that it "
    "names",
    "remove the directories by hand once no other checkpoint needs them"};
inline constexpr FindingKind kNestedKeyGroups{
    "key-groups-stream", kImpossible, false,
    "a key groups handle in the place of a file, which Flink before 1.13 can't read",
    "take a new savepoint with the release that wrote this one"};
inline constexpr FindingKind kBroadcast{"broadcast-state", kImpossible, false,
                                        "broadcast state, which Flink before 1.5 doesn't know",
                                        "drop the operator by a rule if its state may be lost"};

// ---------------------------------------------------------------------------- keyed state

inline constexpr FindingKind kHandleId{
    "state-handle-id", kDrops, false,
    "the ids of key groups handles are dropped: Flink before 1.15 knows none",
    "Flink makes new ones when it restores"};
inline constexpr FindingKind kSavepointForm{
    "savepoint-key-groups", kDrops, false,
    "that keyed state is in the form of canonical savepoints gets lost: Flink before 1.13 doesn't "
    "say",
    "try the restore: heap state backends before 1.13 may not read such state"};
inline constexpr FindingKind kIncrementalIds{
    "incremental-ids", kDrops, false,
    "ids and checkpointed sizes of incremental handles are dropped: Flink before 1.15 knows none",
    "Flink makes new ones when it restores"};
inline constexpr FindingKind kMeta{
    "absent-meta-file", kImpossible, false,
    "an incremental handle without a meta file, which Flink before 1.19 "
    "refuses",
    "take a canonical savepoint"};
inline constexpr FindingKind kRepeatedFile{
    "repeated-local-file", kImpossible, false,
    "an incremental handle names a local file twice; Flink before 1.16 would forget one of them",
    "take a canonical savepoint"};
inline constexpr FindingKind kChangelog{
    "changelog", kImpossible, false,
    "keyed state in a changelog, which Flink before 1.14 can't read",
    "take a canonical savepoint, or a checkpoint without the changelog state backend"};
inline constexpr FindingKind kChangelogStorage{
    "changelog-storage", kImpossible, false,
    "a changelog in another storage than 'filesystem', which Flink before 1.16 can't name",
    "take a canonical savepoint"};
inline constexpr FindingKind kChangelogStorageDropped{
    "changelog-storage", kLossless, false,
    "the name of the changelog's storage is dropped: it is the one that older Flink takes for "
    "granted",
    ""};
inline constexpr FindingKind kChangelogSame{
    "changelog-checkpoint-id", kLossless, false,
    "the checkpoint id of changelog handles is dropped: it equals the materialization id", ""};
inline constexpr FindingKind kChangelogCheckpoint{
    "changelog-checkpoint-id", kDrops, false,
    "the checkpoint id of changelog handles is dropped; Flink before 1.16 takes the "
    "materialization id for it",
    "take a canonical savepoint if in doubt"};
inline constexpr FindingKind kChangelogIds{
    "changelog-ids", kDrops, false,
    "ids and checkpointed sizes of changelog handles are dropped: Flink 1.14 knows none",
    "Flink makes new ones when it restores"};
inline constexpr FindingKind kChangelogMadeUp{
    "changelog-ids-made-up", kDrops, false,
    "changelog handles of Flink 1.14 lack ids and sizes that later releases need; they are made up",
    "no Flink reads such files of 1.14; if the restore fails, take a canonical savepoint with "
    "1.14"};

// ---------------------------------------------------------------------------- configuration

/// One row; see ConversionCaution. Said to releases from `since` on, before `before`.
struct Caution {
  const char* what;
  FlinkRelease since;
  FlinkRelease before;
  const char* reason;
  const char* remedy;
};

/// RocksDB keeps timers in itself by default since Flink 1.10, and in raw keyed state before.
inline constexpr Caution kRocksTimers[] = {
    {"rocksdb-timers",
     {1, 6},
     {1, 10},
     "if a job of Flink 1.10 or later with the RocksDB state backend wrote this, Flink before 1.10 "
     "drops all timers without an error unless it is told to keep timers in RocksDB",
     "set state.backend.rocksdb.timer-service.factory: ROCKSDB there before the restore"},
    {"rocksdb-timers",
     {1, 2},
     {1, 6},
     "if a job of Flink 1.10 or later with the RocksDB state backend wrote this, its timers lie in "
     "RocksDB, where Flink before 1.6 looks for none",
     "set state.backend.rocksdb.timer-service.factory: HEAP where it was written, and take the "
     "snapshot there again"},
};

/// All rows, in the order of this file.
inline constexpr const FindingKind* kAllKinds[] = {&kVersion1,
                                                   &kPropertiesAdded,
                                                   &kPropertiesSaid,
                                                   &kPropertiesReplaced,
                                                   &kNullDropped,
                                                   &kPropertiesDropped,
                                                   &kName,
                                                   &kUid,
                                                   &kChain,
                                                   &kChainLength,
                                                   &kCoordinator,
                                                   &kFinishedOperator,
                                                   &kFinishedSubtask,
                                                   &kDuration,
                                                   &kLegacy,
                                                   &kNullEntries,
                                                   &kSeveral,
                                                   &kRefCheckpoint,
                                                   &kInputChannels,
                                                   &kOutputChannels,
                                                   &kSubtaskAdded,
                                                   &kSubtaskDropped,
                                                   &kOtherSubtask,
                                                   &kSplit,
                                                   &kRelative,
                                                   &kRelativeUnknown,
                                                   &kSegment,
                                                   &kPlaceholder,
                                                   &kPlaceholderOperator,
                                                   &kNestedKeyGroups,
                                                   &kBroadcast,
                                                   &kHandleId,
                                                   &kSavepointForm,
                                                   &kIncrementalIds,
                                                   &kMeta,
                                                   &kRepeatedFile,
                                                   &kChangelog,
                                                   &kChangelogStorage,
                                                   &kChangelogStorageDropped,
                                                   &kChangelogSame,
                                                   &kChangelogCheckpoint,
                                                   &kChangelogIds,
                                                   &kChangelogMadeUp};

}  // namespace stateferry::conversion
