#!/usr/bin/env python3
"""Compares what real Flink releases see in snapshots with what `stateferry dump` says of them.

  check.py --binary STATEFERRY --work DIR [--check PAGE | --write PAGE] [FILE…]

DIR holds what tests/readers/run.sh made: classes/, and in lib/RELEASE/ the jars of each release. Each
release loads every file in one JVM. For each pair the release table says whether that Flink can read the
file; if so, Flink must see exactly what the dump says, if not, Flink must refuse it, too. What is not
compared is named below; a field of the dump that is neither compared nor named is a fault.

Without FILE: all golden files and example snapshots. PAGE is docs/formats/readers.md.
"""

import argparse
import collections
import difflib
import json
import os
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = HERE.parent.parent
JVM = ["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx512m"]
MOST_SHOWN = 20
# Holds everything that its release can write.
PROVED_WITH = "generated-all.v6-2.3.0.bin"
SCOPES = {0: "EXCLUSIVE", 1: "SHARED"}


# --- what the dump says, in the form that the reader prints -------------------------------------


class Fields:
    """Takes the fields of one object of a dump, each once; what is left at the end is a fault."""

    def __init__(self, fields, what):
        self.left = dict(fields)
        self.what = what

    def take(self, name, default=None):
        return self.left.pop(name, default)

    def ignore(self, *names):
        for name in names:
            self.left.pop(name, None)

    def has(self, name):
        return name in self.left

    def end(self):
        if self.left:
            raise ValueError(f"{self.what} has fields that nothing compares: {', '.join(self.left)}")


def snapshot(dump, directory):
    fields = Fields(dump, "the dump")
    # The properties themselves are bytes of Java; what Flink makes of them is compared.
    fields.ignore("schema", "format_version", "flink", "snapshot", "properties")
    name = fields.take("snapshot_name")
    form = fields.take("snapshot_format")
    result = {
        "checkpoint_id": fields.take("checkpoint_id"),
        "snapshot": {"name": name, "format": form} if name else None,
        "master_states": fields.take("master_states"),
        "operators": [operator(one, directory, dump["format_version"]) for one in fields.take("operators")],
    }
    fields.end()
    return result


def operator(dump, directory, version):
    fields = Fields(dump, "an operator")
    chain_length = fields.take("chain_length")
    result = {key: fields.take(key) for key in ("name", "uid", "id", "parallelism", "max_parallelism")}
    if version == 1:  # later it is 1, and Flink passes over it
        result["chain_length"] = chain_length
    result["coordinator"] = handle(fields.take("coordinator"), directory)
    result["fully_finished"] = fields.take("fully_finished")
    subtasks = [subtask(one, directory) for one in fields.take("subtasks")]
    result["subtasks"] = sorted(subtasks, key=lambda one: one["index"])
    fields.end()
    return result


def subtask(dump, directory):
    fields = Fields(dump, "a subtask")
    fields.ignore("duration", "ref_checkpoint_id")
    if fields.take("legacy"):
        raise ValueError("legacy state is for no Flink that is read with here")
    result = {"index": fields.take("index"), "finished": fields.take("finished")}
    for key in ("managed_operator", "raw_operator", "managed_keyed", "raw_keyed", "input_channels",
                "output_channels"):
        value = fields.take(key)
        value = value if isinstance(value, list) else [] if value is None else [value]
        result[key] = [handle(one, directory) for one in value]
    fields.end()
    return result


def files(dump, directory):
    result = [{"local_name": one["local_name"], "handle": handle(one["handle"], directory)} for one in dump]
    return sorted(result, key=lambda one: json.dumps(one, separators=(",", ":")))


def by_name(states):
    return sorted(states, key=lambda state: state["name"].encode("utf-16-be", "surrogatepass"))


def handle(dump, directory):
    """A handle in the form of View.java. Fields that no release changes are taken over as they are."""
    if dump is None:
        return None
    fields = Fields(dump, dump["type"])
    kind = fields.take("type")
    result = {"type": kind}
    if kind == "RelativeFileStateHandle":
        result["path"] = f"{directory}/{dump['relative_path']}"
    if kind in ("MergedInputChannelStateHandle", "MergedResultSubpartitionStateHandle"):
        result["packed"] = fields.take("packed")
    if kind == "FileMergingOperatorStreamStateHandle" and fields.take("empty"):
        result["type"] = "EmptyFileMergingOperatorStreamStateHandle"
    if fields.has("scope"):
        result["scope"] = SCOPES[fields.take("scope")]
    if fields.has("states"):
        result["states"] = by_name(fields.take("states"))
    for key in ("delegate", "meta_handle"):
        if fields.has(key):
            result[key] = handle(fields.take(key), directory)
    for key in ("shared", "private"):
        if fields.has(key):
            result[key] = files(fields.take(key), directory)
    for key in ("materialized", "non_materialized"):
        if fields.has(key):
            result[key] = [handle(one, directory) for one in fields.take(key)]
    if fields.has("handles"):
        result["handles"] = [{"offset": one["offset"], "handle": handle(one["handle"], directory)}
                             for one in fields.take("handles")]
    for key in ("path", "size", "relative_path", "handle_name", "data", "start_position", "logical_file_id",
                "task_owned_dir", "shared_dir", "key_group_range", "offsets", "state_handle_id", "checkpoint_id",
                "backend_id", "checkpointed_size", "materialization_id", "from", "to", "changes",
                "storage_identifier", "subtask_index", "info"):
        if fields.has(key):
            result[key] = fields.take(key)
    fields.end()
    return result


# What Flink makes up while it reads a file that doesn't have it: random ids, sizes that it adds up, and
# what the older form implies.
MADE_UP = ("state_handle_id", "checkpointed_size", "materialization_id", "checkpoint_id", "subtask_index",
           "storage_identifier")


def without_made_up(seen, expected):
    """`seen` without the fields of MADE_UP that `expected` doesn't have in the same place."""
    if isinstance(seen, list) and isinstance(expected, list):
        pairs = zip(seen, expected + [None] * (len(seen) - len(expected)))
        return [without_made_up(one, other) for one, other in pairs]
    if isinstance(seen, dict) and isinstance(expected, dict):
        return {key: without_made_up(value, expected.get(key)) for key, value in seen.items()
                if key in expected or key not in MADE_UP}
    return seen


def altered(value):
    """Each value that has one text, number or flag of `value` changed, or one of its elements left out."""
    if isinstance(value, dict):
        for key, item in value.items():
            if key not in MADE_UP:
                yield from ({**value, key: other} for other in altered(item))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield value[:index] + value[index + 1:]
            yield from (value[:index] + [other] + value[index + 1:] for other in altered(item))
    elif isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        yield value + 1
    elif isinstance(value, str):
        yield value + "x"


# --- which release reads what -------------------------------------------------------------------

Release = collections.namedtuple("Release", "name flink reads_first reads_last")


def version_key(text):
    return tuple(int(part) for part in text.split("."))


def objects(value):
    """All maps in a dump."""
    if isinstance(value, dict):
        yield value
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from objects(item)


def needs_of(dump):
    """What a reader must know, as (first release, last release or None, what it is)."""
    last_of_dialect = {"1.11": "1.11"}.get(dump["flink"])
    for one in objects(dump):
        kind = one.get("type")
        if kind == "RelativeFileStateHandle":
            yield "1.11", None, "relative handles"
        if kind == "KeyGroupsSavepointStateHandle":
            yield "1.13", None, "savepoint handles (tag 7)"
        if kind in ("EmptySegmentFileStateHandle", "SegmentFileStateHandle", "FileMergingOperatorStreamStateHandle"):
            yield "1.20", None, "segments of merged files (tags 15 to 17)"
        if kind in ("KeyGroupsStateHandle", "IncrementalRemoteKeyedStateHandle") and "state_handle_id" in one:
            yield "1.15", None, "keyed handles with ids (tags 11 and 12)"
        if kind in ("InMemoryChangelogStateHandle", "ChangelogStateHandleStreamImpl",
                    "ChangelogStateBackendHandleImpl"):
            if "storage_identifier" in one or (kind == "ChangelogStateBackendHandleImpl" and "checkpoint_id" in one):
                yield "1.16", None, "changelog handles (tags 13 and 14)"
            elif "state_handle_id" in one:
                yield "1.15", None, "changelog handles of 1.15"
            else:
                yield "1.14", "1.14", "changelog handles of 1.14"
        if "input_channel_index" in one or "subpartition_index" in one:
            yield ("1.11", "1.11", "channel state of 1.11") if last_of_dialect else (
                "1.12", None, "channel state (of 1.12 and later)")
        if one.get("finished") or one.get("fully_finished"):
            yield "1.14", None, "finished subtasks"


def obstacle(dump, release):
    """Why this release can't read the file; None when it can."""
    version = dump["format_version"]
    if not release.reads_first <= version <= release.reads_last:
        return f"format version {version}"
    if any(one.get("legacy") for one in objects(dump)):
        return "legacy state"
    at = version_key(release.name)
    for first, last, what in needs_of(dump):
        if at < version_key(first) or (last and at > version_key(last)):
            return what
    return None


def releases(work):
    """The releases of releases.txt, each with the Flink that its folder holds."""
    for line in (HERE / "releases.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("#") or not line.strip():
            continue
        name, first, last = line.split()
        jars = sorted((work / "lib" / name).glob("flink-runtime*.jar"))
        if len(jars) != 1:
            sys.exit(f"FAILED readers: {work}/lib/{name} doesn't hold one flink-runtime jar")
        yield Release(name, re.search(r"-([0-9.]+)\.jar$", jars[0].name).group(1), int(first), int(last))


# --- running ------------------------------------------------------------------------------------


def default_files():
    return sorted([*SOURCE.glob("plugins/codecs/v*/golden/*.bin"), *SOURCE.glob("examples/snapshots/*/_metadata")])


def dumps_of(binary, paths):
    return {path: json.loads(subprocess.run([binary, "dump", "--json", path], check=True, capture_output=True).stdout)
            for path in paths}


def read_with(release, work, paths):
    """What the release says of each file."""
    jars = sorted((work / "lib" / release.name).glob("*.jar"))
    path = os.pathsep.join(map(str, [work / "classes", *jars]))
    done = subprocess.run(["java", *JVM, "-cp", path, "stateferry.readers.Reader"], capture_output=True, text=True,
                          input="".join(f"{one}\n" for one in paths), check=False)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    if done.returncode != 0 or [line["file"] for line in lines] != [str(one) for one in paths]:
        sys.exit(f"FAILED readers: Flink {release.flink} said\n{done.stdout[-2000:]}{done.stderr[-4000:]}")
    return lines


def difference(expected, seen):
    texts = [json.dumps(one, indent=1, sort_keys=True).splitlines() for one in (expected, seen)]
    lines = list(difflib.unified_diff(*texts, "stateferry", "Flink", lineterm="", n=2))
    return "\n".join(lines[:40])


class Comparison:
    """Counts the pairs, and keeps what doesn't fit."""

    def __init__(self):
        self.counts = collections.Counter()
        self.reasons = collections.Counter()
        self.failures = []

    def add(self, release, path, dump, said):
        version = dump["format_version"]
        reason = obstacle(dump, release)
        name = f"{path.relative_to(SOURCE) if path.is_relative_to(SOURCE) else path} by Flink {release.flink}"
        if reason is None and "refused" in said:
            self.failures.append(f"{name}: refused, but the release table says that it can be read: {said['refused']}")
        elif reason is None:
            expected = self.expected(release, path, dump)
            seen = without_made_up(said["seen"], expected)
            if seen != expected:
                self.failures.append(f"{name}: Flink sees something else\n{difference(expected, seen)}")
            self.counts[release.name, version, "read"] += 1
        elif "refused" in said:
            self.counts[release.name, version, "refused"] += 1
            self.reasons[reason, "refused"] += 1
        elif self.sees_all(release, path, dump, said):
            self.failures.append(f"{name}: Flink reads it, but the release table says that it can't: {reason}")
        else:
            self.counts[release.name, version, "misread"] += 1
            self.reasons[reason, "misread"] += 1

    @staticmethod
    def expected(release, path, dump):
        result = snapshot(dump, f"file:{path.parent}")
        if version_key(release.name) < (1, 16):
            result["snapshot"] = None  # not kept
        return result

    def prove(self, release, path, dump, said):
        """Whatever else Flink had seen would have been noticed."""
        expected = self.expected(release, path, dump)
        count = 0
        for other in altered(said["seen"]):
            count += 1
            if without_made_up(other, expected) == expected:
                self.failures.append(f"{path}: the comparison passes over {difference(said['seen'], other)}")
        if count < 500:
            self.failures.append(f"{path}: only {count} values could be altered")

    def sees_all(self, release, path, dump, said):
        expected = self.expected(release, path, dump)
        return without_made_up(said["seen"], expected) == expected


def page(comparison, known, files_of_version):
    """docs/formats/readers.md."""
    versions = sorted(files_of_version)
    pairs = collections.Counter()
    for (_, _, what), count in comparison.counts.items():
        pairs[what] += count
    lines = [
        "<!-- Written by tests/readers/run.sh --write, which a test repeats and compares. -->",
        "# What real Flink releases read",
        "",
        f"{sum(files_of_version.values())} snapshots, all fixtures of this repository, were given to {len(known)} releases of Flink, to the code by which",
        "they restore jobs (`Checkpoints.loadCheckpointMetadata`). Where our release table says that a Flink can read a",
        "file, it must see exactly what `stateferry dump` says: operators with ids, uids and names, parallelism, subtasks,",
        "and every handle, in every role, with its kind, size, path, offsets and bytes. Where the table says that it can't,",
        "it must not.",
        "",
        f"**{pairs['read']} pairs of file and release were loaded by a real Flink, and it saw what we say.** {pairs['refused']} more were refused by",
        f"Flink, each of which we say can't be read, and {pairs['misread']} loaded as something else.",
        "",
        "In each cell: how many of the files of that format version were loaded and seen alike.",
        "",
        "| Flink | " + " | ".join(f"V{version}" for version in versions) + " |",
        "|---|" + "---|" * len(versions),
    ]
    for release in known:
        cells = [f"{comparison.counts[release.name, version, 'read']} of {files_of_version[version]}"
                 for version in versions]
        lines.append(f"| {release.flink} | " + " | ".join(cells) + " |")
    lines += ["", "What the others have that the release can't read:", "", "| what | refused | misread |", "|---|---|---|"]
    for reason in sorted({reason for reason, _ in comparison.reasons}):
        lines.append(f"| {reason} | {comparison.reasons[reason, 'refused']} | {comparison.reasons[reason, 'misread']} |")
    return "\n".join(lines) + "\n"


def settle_page(options, text):
    """Writes the page or compares it; returns whether it is right."""
    if options.write:
        options.write.write_text(text, encoding="utf-8")
    elif options.check and options.check.read_text(encoding="utf-8") != text:
        print(f"FAILED {options.check} is out of date; run tests/readers/run.sh --write")
        print("\n".join(difflib.unified_diff(options.check.read_text(encoding="utf-8").splitlines(), text.splitlines(),
                                             "checked in", "now", lineterm="")))
        return False
    return True


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True)
    parser.add_argument("--work", required=True, type=pathlib.Path)
    parser.add_argument("--check", type=pathlib.Path)
    parser.add_argument("--write", type=pathlib.Path)
    parser.add_argument("files", nargs="*", type=pathlib.Path)
    options = parser.parse_args()
    paths = [path.resolve() for path in options.files] or default_files()
    dumps = dumps_of(options.binary, paths)
    known = list(releases(options.work.resolve()))
    comparison = Comparison()
    for release in known:
        for path, said in zip(paths, read_with(release, options.work.resolve(), paths)):
            comparison.add(release, path, dumps[path], said)
            if path.name == PROVED_WITH and "seen" in said:
                comparison.prove(release, path, dumps[path], said)
    for failure in comparison.failures[:MOST_SHOWN]:
        print("FAILED", failure)
    pages = collections.Counter(dump["format_version"] for dump in dumps.values())
    page_is_right = settle_page(options, page(comparison, known, pages))
    passed = sum(comparison.counts.values()) - len(comparison.failures)
    failed = len(comparison.failures) + (not page_is_right)
    print(f"passed={passed} failed={failed} skipped=0")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
