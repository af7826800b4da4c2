#include "stateferry/diag/codes.hpp"

#include <algorithm>
#include <iterator>

namespace stateferry {

namespace {

constexpr CodeInfo kCodes[] = {
    {"E-ADOPT-MISSING", ExitCode::findings,
     "Files of a snapshot that was copied are missing or have another size, so its _metadata was "
     "left as it is.",
     "Finish the copy, or say where the files lie with --root DIR or --map OLD=NEW."},
    {"E-ADOPT-UNCLEAR", ExitCode::findings,
     "Where the files of a snapshot that was copied lie now can't be told, and nothing is guessed.",
     "Say it with --map OLD=NEW, or where _metadata lay with --from OLD_DIRECTORY."},
    {"E-ARG-UIDS", ExitCode::usage, "The file of --uids can't be understood.",
     "One uid a line, or a hash and its uid, or what 'inspect --json' prints of a newer snapshot."},
    {"E-ARG-USAGE", ExitCode::usage,
     "The command line has an unknown option, a missing argument or a combination that makes no "
     "sense.",
     "See the command's --help; it ends with an example."},
    {"E-CAPABILITY-FIELD", ExitCode::cant_represent,
     "The snapshot holds something that the target format version has no place for.",
     "A step of the rules has changed the snapshot in a way that its format can't hold; look at "
     "what "
     "the message names."},
    {"E-CAPABILITY-IMPOSSIBLE", ExitCode::cant_represent,
     "The snapshot holds state that the target format has no place for, or that the Flink that is "
     "to read it would read wrongly.",
     "Look at the operator and at what the message says can be done; '--explain-target' lists "
     "everything without writing. Nothing was written."},
    {"E-CAPABILITY-LOSS", ExitCode::cant_represent,
     "The target format has no place for something that no state depends on, such as names, and "
     "losing it was not allowed.",
     "If it may be lost, allow it with '--on-loss report', or 'on-loss: report' under 'output'. "
     "Nothing was written."},
    {"E-CAPABILITY-TEXT", ExitCode::cant_represent,
     "A text is longer than the 65,535 bytes of modified UTF-8 that any metadata file can hold.",
     "Shorten the text that the message names; for a path, choose a shorter target."},
    {"E-CONFIG", ExitCode::usage,
     "The configuration file has an unknown key or a value that makes no sense.",
     "Correct what the message names; docs/user/storage.md shows the keys."},
    {"E-ENGINE-FAILED", ExitCode::io_error,
     "The engine of a move (--engine) has not copied all files; what it said is in the message.",
     "What was copied stays. When the reason is gone, run the same command again: it goes on."},
    {"E-ENGINE-WAITS", ExitCode::temporary,
     "What an engine is to copy is written down, for somebody else to run.",
     "Run what the message shows, and then the same command again: it looks at all files and puts "
     "_metadata in place."},
    {"E-FORMAT-CHECK", ExitCode::bad_input,
     "A value in the file contradicts what the format allows or what stands elsewhere in the file.",
     "The file is damaged or was not written by Flink. Compare its checksum with the original's "
     "and copy it again."},
    {"E-FORMAT-EMPTY", ExitCode::bad_input, "The input has no bytes.",
     "A copy or a checkpoint that failed may have left it; use another copy or an older snapshot."},
    {"E-FORMAT-HA", ExitCode::bad_input,
     "The file belongs to Flink's high availability services: a record of a checkpoint, or a "
     "pointer "
     "to one, and no snapshot itself.",
     "Name the directory of the checkpoint (chk-N). The message says which one the record names; "
     "it "
     "is never followed by itself."},
    {"E-FORMAT-LENGTH", ExitCode::bad_input,
     "A length or a count in the file is negative or larger than what is left of the file.",
     "The file is damaged. Compare its checksum with the original's and copy it again."},
    {"E-FORMAT-MAGIC", ExitCode::bad_input,
     "The input does not begin with the four bytes that begin every _metadata file.",
     "Check that the path leads to the file named _metadata, not to a state file, and that it is "
     "not compressed."},
    {"E-FORMAT-PROPERTIES", ExitCode::bad_input,
     "The checkpoint properties at the end of the file are not a valid Java serialization stream.",
     "The file is damaged near its end. Compare its checksum with the original's and copy it "
     "again."},
    {"E-FORMAT-TAG", ExitCode::bad_input,
     "A state handle has a type number that is unknown, or that is not allowed at its place.",
     "The file is damaged, or a newer or modified Flink wrote it. Check which release it was."},
    {"E-FORMAT-TEXT", ExitCode::bad_input, "A text in the file is not valid modified UTF-8.",
     "The file is damaged. Compare its checksum with the original's and copy it again."},
    {"E-FORMAT-TRAILING", ExitCode::bad_input, "There are bytes behind the end of the snapshot.",
     "The file is damaged, or is not one _metadata file alone. Compare its size with the "
     "original's."},
    {"E-FORMAT-TRUNCATED", ExitCode::bad_input, "The file ends in the middle of a record.",
     "The copy or the download stopped early. Compare its size with the original's and copy it "
     "again."},
    {"E-FORMAT-V0", ExitCode::bad_input,
     "The file is a Flink 1.1 savepoint (version 0), whose handles are Java objects.",
     "Restore it with Flink 1.2 or 1.3 and take a new savepoint there."},
    {"E-FORMAT-V10", ExitCode::bad_input,
     "The file is a Flink 1.0 savepoint, which has no header and is a Java object as a whole.",
     "Only Flink 1.0 can restore it; no later release reads such files."},
    {"E-FORMAT-VERSION", ExitCode::bad_input,
     "The file has a format version that does not exist or is newer than this program.",
     "Check which Flink release wrote it; a newer stateferry or another codec plugin may read it."},
    {"E-INTERNAL", ExitCode::internal, "stateferry contradicted itself; this is a bug in it.",
     "Please report it with the command line and the message. No output was put in place."},
    {"E-IO-CHANGED", ExitCode::io_error, "The input was changed while it was being read.",
     "Wait until whoever writes it is done, then run the command again."},
    {"E-IO-CREATE", ExitCode::cant_create, "The output can't be created.",
     "Check that its directory exists and that the name is not that of a directory."},
    {"E-IO-DENIED", ExitCode::denied, "Reading or writing is not permitted.",
     "Check the owner and the permissions of the file and of its directory."},
    {"E-IO-DIRECTORY", ExitCode::no_input, "The input is a directory where a file is needed.",
     "Name the _metadata file in it."},
    {"E-IO-EXISTS", ExitCode::cant_create,
     "The output exists already, and nothing is overwritten unasked.",
     "Choose another name, or say that it may be replaced."},
    {"E-IO-KIND", ExitCode::no_input,
     "The input is a device or a socket where a file or a pipe is needed.",
     "Name a file. '-' reads stdin where a command takes it."},
    {"E-IO-NOT-FOUND", ExitCode::no_input, "The input does not exist.", "Check the path."},
    {"E-IO-PIPE", ExitCode::io_error, "The program that reads the output has gone away.",
     "Look for the reason in that program; what it got is not complete."},
    {"E-IO-READ", ExitCode::io_error, "Reading failed.",
     "The message holds the system's reason; try again once it is gone."},
    {"E-IO-REMOTE", ExitCode::usage, "A URI of a store was given where a local file is needed.",
     "Copy the file to a local disk and name it there; file: URIs are local, too."},
    {"E-IO-SAME", ExitCode::cant_create, "Input and output are the same file.",
     "Write to another name and put it in place yourself, or ask for a change in place with a "
     "backup."},
    {"E-IO-SYNC", ExitCode::io_error, "What was written can't be made safe from a power failure.",
     "The disk may be failing, or its file system can't promise this: then write elsewhere, or say "
     "that it may be unsafe."},
    {"E-IO-WRITE", ExitCode::io_error, "Writing failed.",
     "The message holds the system's reason, such as a full disk. No output was put in place."},
    {"E-LIMIT-MEMORY", ExitCode::bad_input,
     "The decoded snapshot would need more memory than it may have.",
     "A damaged file can claim any size. Take another copy of the file, and report it if that "
     "reads alike."},
    {"E-LIMIT-TEXT", ExitCode::no_input,
     "A rule file, a configuration, a file of --uids or a plan is larger than such a file may be.",
     "Look whether the right file was named. Large lists of prefixes can be split by 'include'."},
    {"E-MIRROR-EMPTY", ExitCode::no_input, "No mirrored checkpoint is there to start a job from.",
     "Name the directory that 'stateferry mirror' writes to, and one of the jobs in it."},
    {"E-MIRROR-FAILED-OVER", ExitCode::findings,
     "A job was failed over to the target of a mirror, so nothing is written or deleted there.",
     "When it runs at the source again, say --resume-after-failover."},
    {"E-MIRROR-FOREIGN", ExitCode::findings,
     "The target of a mirror holds what this mirror didn't put there.",
     "Look who writes there, such as a job under the same id. Give each mirror its own target."},
    {"E-MIRROR-LAG", ExitCode::findings, "The target of a mirror is further behind than it may be.",
     "Look at 'stateferry mirror status': given-up rounds and their reasons say what is too slow."},
    {"E-MIRROR-LEASE", ExitCode::temporary, "Another mirror writes to the target.",
     "Wait until its lease runs out, 60 seconds after it died, or give the same --name."},
    {"E-MIRROR-MODE", ExitCode::findings,
     "The job can't go on from the mirrored checkpoint in NO_CLAIM mode.",
     "Clone it for CLAIM mode with --own DIR; or take it itself with --last."},
    {"E-MIRROR-RULES", ExitCode::findings,
     "The rules would make handles of places where the mirror puts no file.",
     "Leave out of the rules what changes locations: the mirror does that by itself."},
    {"E-MIRROR-SOURCE", ExitCode::findings,
     "A checkpoint of the source is broken by itself: files that it needs are missing.",
     "It can't be restored at the source either: take a savepoint."},
    {"E-MIRROR-STATE", ExitCode::findings, "What a mirror has noted at its target can't be read.",
     "Look who has written the file. Nothing is written or deleted there."},
    {"E-MOVE-COLLISION", ExitCode::usage,
     "Two snapshots of a list, or two files of them, would be put in one place.",
     "Give them a --root below which all keep their layout, or each a DST of its own in the list. "
     "Nothing was copied."},
    {"E-MOVE-INCOMPLETE", ExitCode::io_error,
     "Files are missing or have another size where they were to be, so _metadata was not put in "
     "place.",
     "Look at the files that the message names, then run the same command again: it goes on where "
     "it stopped."},
    {"E-MOVE-MISSING", ExitCode::no_input,
     "Files that the snapshot needs are missing or have another size.",
     "Use another copy of the snapshot; relative files that lie elsewhere are reached by "
     "handle.absolutize with a directory."},
    {"E-MOVE-NESTED", ExitCode::usage,
     "Source and target of a move are the same or lie in one another.",
     "Choose a target outside of the source."},
    {"E-MOVE-REFERRERS", ExitCode::findings,
     "Whether something else needs the files of the source can't be told, so nothing was deleted.",
     "Look at what the message names; a directory that needs none of them is left out with "
     "--not-looked-at."},
    {"E-MOVE-ROOTS", ExitCode::findings,
     "Files of the snapshot lie outside of the directory that is to be moved.",
     "move, plan: say where each root goes with --map FROM=TO. self-contain: name each with "
     "--take-from DIR."},
    {"E-MOVE-SEGMENTS", ExitCode::findings,
     "The snapshot has merged files, whose parts no relative handle can name.",
     "Add --unmerge, which cuts them into files of their own."},
    {"E-MOVE-SPACE", ExitCode::cant_create,
     "The files of a snapshot need more room than the target's file system has left.",
     "Make room there or choose another target. Nothing was copied."},
    {"E-MOVE-UNSAFE", ExitCode::bad_input,
     "The metadata names a place that nobody should follow: upwards from its directory, or local "
     "from a remote store.",
     "The file may be forged. Find out who wrote it; nothing was copied."},
    {"E-PLAN-ENGINE", ExitCode::findings,
     "The program whose input format was asked for can't copy one of the files as planned.",
     "Use the built-in copier for it, or choose a target that keeps the layout."},
    {"E-PLAN-FORMAT", ExitCode::bad_input, "The file is not a plan with targets in CSV or JSONL.",
     "Make it with stateferry plan; the message names the line."},
    {"E-PLUGIN-ABI", ExitCode::internal,
     "The plugin was built for another stateferry, or with other compiler settings.",
     "Build the plugin again with the headers of this stateferry."},
    {"E-PLUGIN-DUPLICATE", ExitCode::internal, "Two plugin files have the same kind and name.",
     "Remove one of the two files that the message names, or its directory from the search path."},
    {"E-PLUGIN-ENTRY", ExitCode::internal,
     "The file has no stateferry entry function, or what that describes is not complete.",
     "Check that the file is a stateferry plugin; its author must declare it with the macros of "
     "plugin/plugin.hpp."},
    {"E-PLUGIN-FAILED", ExitCode::internal, "A plugin failed in a way that it does not explain.",
     "Report it to the plugin's author with the command line and the message."},
    {"E-PLUGIN-LOAD", ExitCode::internal, "The system can't load the plugin file.",
     "The message holds the loader's reason: usually a missing library or symbol, or a damaged "
     "file."},
    {"E-PLUGIN-NO-CODEC", ExitCode::bad_input,
     "No codec plugin for the format version of this file is installed.",
     "List the plugins that were found; install the codec or correct the plugin directory."},
    {"E-PLUGIN-PATH", ExitCode::usage, "A plugin directory is missing or is not an absolute path.",
     "Correct the option or the environment variable that the message names."},
    {"E-PLUGIN-UNSAFE", ExitCode::internal,
     "A plugin file, or a directory or link on the way to it, can be changed by others, who could "
     "run their code in this process.",
     "Take the write permission of others away from what the message names, give it to root or to "
     "the user who runs stateferry, or use another directory."},
    {"E-RESIDUAL", ExitCode::findings,
     "A place that was replaced in the handles still stands in state of user code, which no rule "
     "rewrites, and --fail-on-residual was given.",
     "Look at the operators that the message names. Nothing was put in place."},
    {"E-RULE-ASSERT", ExitCode::findings,
     "An assertion among the steps does not hold for this snapshot.",
     "Look at the locations that the message names. Nothing was written."},
    {"E-RULE-BASE-URI", ExitCode::usage,
     "A step or the output needs to know the directory of _metadata, which this input does not "
     "tell.",
     "Give it with --base-uri."},
    {"E-RULE-COLLISION", ExitCode::findings,
     "Two different locations would get the same text, so that two files would become one.",
     "Map the two sources to different targets. Nothing was written."},
    {"E-RULE-DUPLICATE", ExitCode::bad_rules,
     "Something that must be unique is there twice: a key, a step id, a variable, a test or a "
     "prefix.",
     "Remove or rename one of the two places that the message names."},
    {"E-RULE-EXPECT", ExitCode::findings, "A count of a step is not what its 'expect' says.",
     "Find out whether the rules or the snapshot differ from what was thought. Nothing was "
     "written."},
    {"E-RULE-FILE", ExitCode::bad_rules, "The rule file can't be read.",
     "Check the path and the permissions."},
    {"E-RULE-HAZARD", ExitCode::bad_rules,
     "A step does something dangerous that it has not accepted by name.",
     "If it is meant, accept the hazard that the message names with 'accept' in the step."},
    {"E-RULE-HOLDS-STATE", ExitCode::findings,
     "A step that may only drop operators without state was to drop one with state.",
     "Leave the operator out, or accept the loss by name. Nothing was written."},
    {"E-RULE-IDEMPOTENT", ExitCode::bad_rules,
     "The steps would change their own result again if the rules were run twice.",
     "Choose targets that no source of the same rules matches, or use one uri.map-prefix for all "
     "of them."},
    {"E-RULE-INCLUDE", ExitCode::bad_rules,
     "An included rule file can't be read, includes itself, or holds what only the main file may "
     "hold.",
     "Correct the path, which is relative to the including file, or move the part that the message "
     "names."},
    {"E-RULE-LIMIT", ExitCode::bad_rules,
     "The rule file is larger, more deeply nested or made of more parts than any sensible one.",
     "Look for aliases that multiply each other; split a large map over several files."},
    {"E-RULE-MAX-PARALLELISM", ExitCode::findings,
     "A maximum parallelism was to be set for an operator with keyed state, or below its "
     "parallelism.",
     "Select the other operators with 'where'; keyed state is cut into a fixed number of key "
     "groups. Nothing was written."},
    {"E-RULE-MISSING", ExitCode::bad_rules, "A key or a parameter that must be there is missing.",
     "Add it; the message says what it is for."},
    {"E-RULE-NAMES", ExitCode::findings,
     "A step selects operators by a pattern over uids or names, which files before version 5 do "
     "not hold.",
     "Select by exact uid, which is hashed, or by hash, or name the operators with --uids FILE."},
    {"E-RULE-NESTED", ExitCode::bad_rules,
     "A target lies below its own source, so that a second run would nest it again.",
     "Choose a target outside the source, or accept the hazard by its name in the step."},
    {"E-RULE-NO-OPERATOR", ExitCode::findings,
     "A strict step names an operator that the snapshot doesn't have.",
     "Correct the uid or hash, or leave 'strict' out. Nothing was written."},
    {"E-RULE-NOT-INVERTIBLE", ExitCode::findings,
     "A step of the rules can't be taken back on this snapshot.",
     "Look at the two locations that the message names; keep the old _metadata, or write the "
     "reverse "
     "by hand."},
    {"E-RULE-NOT-PATH", ExitCode::findings,
     "A step makes a text that Flink would not write as a path, or could not read back.",
     "Correct the step's target. Nothing was written."},
    {"E-RULE-OPERATOR-TWICE", ExitCode::findings,
     "Two operators have one id, or would have, or two entries of a step are for one operator.",
     "Rename one of them to something else. Nothing was written."},
    {"E-RULE-PLUGIN", ExitCode::bad_rules,
     "A plugin that the rules ask for under 'plugins' is not installed, or is of another version.",
     "Install a version in the range, or correct the range."},
    {"E-RULE-REQUIRE", ExitCode::findings, "The snapshot is not what 'require' says.",
     "Check that this is the snapshot that the rules were written for. Nothing was written."},
    {"E-RULE-SYNTAX", ExitCode::bad_rules,
     "The rule file is not YAML, or uses a part of YAML that rule files must not use.",
     "Look at the place of the caret and just before it: indentation, quotes, brackets."},
    {"E-RULE-TEST", ExitCode::findings,
     "A test of a rule file did not come out as it should, or asks for what no snapshot holds.",
     "Compare what was expected with what the steps did; correct the rules or the test."},
    {"E-RULE-TEXT-LENGTH", ExitCode::findings,
     "A step makes a text longer than the 65,535 bytes of modified UTF-8 that Flink can read.",
     "Choose a shorter target. Nothing was written."},
    {"E-RULE-TYPE", ExitCode::bad_rules, "A value has the wrong type.",
     "Integers are decimal, booleans are true or false, both without quotes; everything else is "
     "text."},
    {"E-RULE-UNKNOWN", ExitCode::bad_rules,
     "A key, parameter, hazard, step or variable of this name does not exist.",
     "Correct the name; keys for notes of your own begin with 'x-'."},
    {"E-RULE-UNKNOWN-TRANSFORM", ExitCode::bad_rules,
     "No installed plugin has a transform of this name.",
     "Correct the name, or install the plugin: the part before the dot is the plugin's name."},
    {"E-RULE-UNMATCHED-URI", ExitCode::findings,
     "Absolute URIs are left that no step matched and no target covers.",
     "Add steps for them, or allow them with 'untouched-uris' under 'output'. Nothing was "
     "written."},
    {"E-RULE-VALUE", ExitCode::bad_rules,
     "A value has the right type but is not one that is allowed.",
     "Correct it; the message says what is allowed."},
    {"E-RULE-VARIABLE", ExitCode::bad_rules,
     "A variable is not declared, has no value, or is used where it can't be.",
     "Declare it under 'vars'; give values with --set NAME=VALUE or through the environment "
     "variable named there."},
    {"E-RULE-VERSION", ExitCode::bad_rules,
     "The file does not say in quotes that it is written in version v1 of the rule language.",
     "Begin the file with: rules: \"v1\"."},
    {"E-STORE-CONFLICT", ExitCode::cant_create,
     "Something else stands where a file is to go, or somebody else has changed a file that was to "
     "be "
     "replaced: nothing is.",
     "Choose another target, or remove what stands there. After a change by somebody else: run the "
     "command again when nobody else writes there."},
    {"E-STORE-ENDPOINT", ExitCode::denied,
     "Nothing says which server or which credential a URI is meant for, and none is guessed.",
     "Name the account in the environment, or give the place an entry under 'remotes' in "
     "config.yaml; docs/user/storage.md shows both."},
    {"E-STORE-ENGINE", ExitCode::unavailable,
     "The program that reaches the store is missing or does not run.",
     "Install rclone, or name it in the configuration; the message holds what it said."},
    {"E-STORE-NAME", ExitCode::bad_input,
     "A URI names a bucket, an account, a host or a path that its store can't have.",
     "Correct the URI. If it stands in a snapshot, the file may be forged: find out who wrote it."},
    {"E-STORE-SCHEME", ExitCode::usage, "No installed storage plugin serves the scheme of a URI.",
     "List the plugins that were found; install one for the scheme."},
    {"E-STORE-SIZE", ExitCode::io_error, "A file has not the size that the metadata says.",
     "The file is damaged or was written to. Use another copy of it."},
    {"E-STORE-SYMLINK", ExitCode::denied,
     "A symbolic link lies below the directories that were named, where it is not followed.",
     "Replace the link by what it points to."},
    {"E-STORE-TEMPORARY", ExitCode::temporary,
     "A store could not do its work now, but may do it later.",
     "Run the same command again: it goes on where it stopped."},
    {"E-STORE-UNREACHABLE", ExitCode::unavailable, "A store does not answer.",
     "Check endpoint, network and name; the message holds the reason."},
    {"E-STORE-UNSUPPORTED", ExitCode::usage, "The storage of this scheme can't do what is needed.",
     "Use the store's own tool for it."},
    {"E-SYSTEM", ExitCode::temporary,
     "The system refused what every program needs: memory, a thread, a look at its own folders.",
     "Look what else runs on this machine and which limits this process has (ulimit -a), then run "
     "the same command again. No output was put in place."},
    {"E-VERIFY", ExitCode::io_error, "What was written is not what should have been written.",
     "Suspect the disk or the file system; run the command again. No output was put in place."},
    {"E-WHO-UNSURE", ExitCode::bad_input,
     "Whether something that 'who' has met needs the file can't be told.",
     "Look at what the message names. Until then the file may be needed, whatever else was found."},
    {"W-ACCESS-NOT-KEPT", ExitCode::ok,
     "A result could not be given the owner, group or mode of the file that it stands for.",
     "Give it to the user that Flink runs as, or run as root. Group and others never get more than "
     "they had."},
    {"W-CAPABILITY-CONFIG", ExitCode::ok,
     "The Flink that is to read the result must be configured for what may be in the snapshot, or "
     "it loses state without an error.",
     "Set what the message names before the restore."},
    {"W-CAPABILITY-LOSS", ExitCode::ok,
     "The result lacks something that no state depends on, because the target format has no place "
     "for it.",
     "Nothing, if it may be lost; the record of the run lists it."},
    {"W-FORMAT-EXPERIMENTAL", ExitCode::ok,
     "The format version is not part of any Flink release yet and may still change.",
     "Check the result with the Flink that is to read it."},
    {"W-INLINE-URIS", ExitCode::ok,
     "State of user code that stands in the metadata itself holds URIs. No rule rewrites them, and "
     "the job goes on with the places that they name: a FileSink whose directories have moved does "
     "not restore.",
     "Look at them with inspect. Leave those places where they are, or start the operators that "
     "the message names without their state."},
    {"W-LATEST-DAMAGED", ExitCode::ok,
     "--latest passed over a newer checkpoint or savepoint, since its _metadata can't be read to "
     "its end.",
     "Look whether it is still being written or copied, or is damaged. What was taken is older."},
    {"W-MIRROR-RETENTION", ExitCode::ok,
     "Old checkpoints at the target of a mirror could not be deleted.",
     "Look at what the message names. Nothing that may be needed was deleted."},
    {"W-MIRROR-STARVED", ExitCode::ok,
     "The source deletes its checkpoints before they are copied, again and again.",
     "Have the job retain more of them (execution.checkpointing.num-retained), or copy faster."},
    {"W-MOVE-COPIED", ExitCode::ok,
     "The snapshot was copied by something else, and its handles still name the old place: what is "
     "moved comes from there.",
     "'stateferry adopt' makes it right where it lies; then move it."},
    {"W-MOVE-NO-JOURNAL", ExitCode::ok,
     "No private directory for a journal could be made, so what is copied is not noted.",
     "The move itself is as safe as with one. After an interruption the same command looks at "
     "every "
     "file again. Give HOME or XDG_STATE_HOME a place that can be written, or say --journal FILE."},
    {"W-ORPHANS-INCOMPLETE", ExitCode::ok,
     "Checkpoints below the root have no _metadata and are newer than all that were given: Flink "
     "may "
     "be writing them.",
     "Nothing, while the job runs. Once it has stopped for good, they may be included."},
    {"W-ORPHANS-NOT-GIVEN", ExitCode::ok,
     "Snapshots below the root were not given, so that files which only they need are listed as "
     "orphans.",
     "Give every snapshot that may still be restored before anything is deleted."},
    {"W-RESIDUAL", ExitCode::ok,
     "A place that was replaced in the handles still stands in state of user code, which no rule "
     "rewrites: the job goes on with the old place.",
     "Keep the old place until the operators that the message names need it no more, or start "
     "them without their state. --fail-on-residual makes an error of it."},
    {"W-RULE-NEVER", ExitCode::ok, "A step can never meet what it is for.",
     "Correct its 'where', or the order of the steps; or leave the step out."},
    {"W-RULE-SHADOWED", ExitCode::ok,
     "A prefix has no effect, since another one takes all that lies below it.",
     "Leave it out, or put it in front of the other one."},
    {"W-RULE-UNMATCHED-URI", ExitCode::ok,
     "Absolute URIs are left that no step matched and no target covers.",
     "Check that they should stay; 'untouched-uris' under 'output' decides what happens to them."},
    {"W-WHO-INCOMPLETE", ExitCode::ok,
     "There are checkpoints without _metadata below the root. If Flink is writing them, they may "
     "come to need the file.",
     "Look whether the job is running before the file is deleted."},
};

constexpr bool before(const CodeInfo& a, const CodeInfo& b) {
  return a.code < b.code;
}

static_assert(std::is_sorted(std::begin(kCodes), std::end(kCodes), before),
              "find_code() searches by halves");

}  // namespace

std::span<const CodeInfo> all_codes() noexcept {
  return kCodes;
}

const CodeInfo* find_code(std::string_view code) noexcept {
  const CodeInfo* row = std::lower_bound(
      std::begin(kCodes), std::end(kCodes), code,
      [](const CodeInfo& info, std::string_view wanted) { return info.code < wanted; });
  return row != std::end(kCodes) && row->code == code ? row : nullptr;
}

}  // namespace stateferry
