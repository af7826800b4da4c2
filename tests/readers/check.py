#!/usr/bin/env python3
"""Compares what real Flink releases see in snapshots with what `stateferry dump` says of them.

  check.py --binary STATEFERRY --work DIR [--check PAGE | --write PAGE] [FILE…]

DIR holds what tests/readers/run.sh made: classes/, and in lib/RELEASE/ the jars of each release. Each
release loads every file in one JVM, as it is and as `convert --for-flink` writes it for that release. Where
convert leaves a file as it is, and where it has converted it, Flink must see exactly what the dump says;
other originals it must refuse or see otherwise. What is not compared is named below; a field of the dump
that is neither compared nor named is a fault.

Without FILE: all golden files and example snapshots. PAGE is docs/formats/readers.md.
"""

import argparse
import collections
import concurrent.futures
import difflib
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = HERE.parent.parent
JVM = ["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx512m"]
MOST_SHOWN = 20
# Holds everything that its release can write.
PROVED_WITH = "generated-all.v6-2.3.0.bin"
# Where relative handles are said to lie, for releases that know none.
BASE_URI = "s3://bucket/snapshot"
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


# --- running ------------------------------------------------------------------------------------

Release = collections.namedtuple("Release", "name flink")


def version_key(text):
    return tuple(int(part) for part in text.split("."))


def releases(work):
    """The releases of which there are jars, oldest first, each with its patch release."""
    for folder in sorted((work / "lib").iterdir(), key=lambda one: version_key(one.name)):
        jars = list(folder.glob("flink-runtime*.jar"))
        if len(jars) != 1:
            sys.exit(f"FAILED readers: {folder} doesn't hold one flink-runtime jar")
        yield Release(folder.name, re.search(r"-([0-9.]+)\.jar$", jars[0].name).group(1))


def default_files():
    return sorted([*SOURCE.glob("plugins/codecs/v*/golden/*.bin"), *SOURCE.glob("examples/snapshots/*/_metadata")])


def dump_of(binary, path):
    return json.loads(subprocess.run([binary, "dump", "--json", path], check=True, capture_output=True).stdout)


def dumps_of(binary, paths):
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        return dict(zip(paths, pool.map(lambda path: dump_of(binary, path), paths)))


def convert_for(binary, release, paths, folder):
    """What `convert --for-flink` says of each file. What it writes lies in `folder`."""
    done = subprocess.run(
        [binary, "-q", "convert", "--for-flink", release.name, "--on-loss", "report", "--base-uri", BASE_URI,
         "--no-sync", "--jsonl", "--out-dir", folder, *paths], capture_output=True, text=True, check=False)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    if [line["input"] for line in lines] != [str(path) for path in paths]:
        sys.exit(f"FAILED readers: convert --for-flink {release.name} said\n{done.stderr[-4000:]}")
    return lines


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


def name_of(path):
    return str(path.relative_to(SOURCE) if path.is_relative_to(SOURCE) else path)


class Comparison:
    """Counts the pairs of file and release, and keeps what doesn't fit."""

    def __init__(self, binary, work):
        self.binary = binary
        self.work = work
        self.counts = collections.Counter()  # by release, format version, and what became of the pair
        self.impossible = collections.Counter()  # by what stands in the way
        self.failures = []

    def run(self, release, dumps):
        """All files, as they are and converted, in one JVM."""
        paths = list(dumps)
        with tempfile.TemporaryDirectory() as folder:
            answers = convert_for(self.binary, release, paths, folder)
            converted = {path: pathlib.Path(answer["output"]).resolve() for path, answer in zip(paths, answers)
                         if answer["written"] and answer["changed"]}
            said = dict(zip([*paths, *converted.values()],
                            read_with(release, self.work, [*paths, *converted.values()])))
            converted_dumps = dumps_of(self.binary, list(converted.values()))
            for path, answer in zip(paths, answers):
                self.as_it_is(release, path, dumps[path], answer, said[path])
                if path in converted:
                    self.loaded(release, path, converted[path], converted_dumps[converted[path]], said)
            for path in paths:
                if path.name == PROVED_WITH and "seen" in said[path]:
                    self.prove(release, path, dumps[path], said[path])

    def as_it_is(self, release, path, dump, answer, said):
        """The file itself: Flink must read it where convert leaves it alone, and only there."""
        name = f"{name_of(path)} by Flink {release.flink}"
        version = dump["format_version"]
        if answer["written"] and not answer["changed"]:
            self.counts[release, version, "as it is"] += 1
            self.compare(name, release, path, dump, said)
            return
        if self.sees_all(release, path, dump, said):
            self.failures.append(f"{name}: Flink reads it as it is, but convert has something to do or can't")
        self.counts["", 0, "refused" if "refused" in said else "misread"] += 1
        if answer["written"]:
            self.counts[release, version, answer["conversion"]["class"]] += 1
        else:
            self.counts[release, version, "impossible"] += 1
            for what in sorted({one["what"] for one in answer["conversion"]["findings"]
                                if one["class"] == "impossible"}):
                self.impossible[what] += 1

    def loaded(self, release, path, converted, dump, said):
        name = f"{name_of(path)} converted for Flink {release.flink}"
        self.compare(name, release, converted, dump, said[converted])

    def compare(self, name, release, path, dump, said):
        if "refused" in said:
            self.failures.append(f"{name}: refused: {said['refused']}")
            return
        expected = self.expected(release, path, dump)
        seen = without_made_up(said["seen"], expected)
        if seen != expected:
            self.failures.append(f"{name}: Flink sees something else\n{difference(expected, seen)}")

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
        if "refused" in said or any(one.get("legacy") for one in objects(dump)):
            return False
        expected = self.expected(release, path, dump)
        return without_made_up(said["seen"], expected) == expected


def objects(value):
    """All maps in a dump."""
    if isinstance(value, dict):
        yield value
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from objects(item)


# --- the page -----------------------------------------------------------------------------------

OUTCOMES = ("as it is", "lossless", "drops-information", "impossible")


def page(comparison, known, files_of_version):
    """docs/formats/readers.md."""
    versions = sorted(files_of_version)
    totals = collections.Counter()
    for (_, _, what), count in comparison.counts.items():
        totals[what] += count
    converted = totals["lossless"] + totals["drops-information"]
    text = f"""<!-- Written by tests/readers/run.sh --write, which a test repeats and compares. -->
# What real Flink releases read

{sum(files_of_version.values())} snapshots, all fixtures of this repository, were given to {len(known)} releases of Flink: as they are, and as
`convert --for-flink` writes them for that release. They were loaded by the code with which Flink restores jobs,
`Checkpoints.loadCheckpointMetadata`, and it must see exactly what `stateferry dump` says: operators with ids, uids and
names, parallelism, subtasks, and every handle, in every role, with its kind, size, path, offsets and bytes.

**{totals['as it is'] + converted} of {sum(totals[what] for what in OUTCOMES)} pairs of file and release were loaded by a real Flink, which saw what we say**:
{totals['as it is']} as they are, {converted} converted. The other {totals['impossible']} are impossible, and `convert` names what stands in the way.

The originals of all pairs that are not read as they are were tried, too: {totals['refused']} were refused by Flink and {totals['misread']} read as
something else.

| Flink | as it is | converted without loss | converted, drops information | impossible |
|---|---|---|---|---|
"""
    for release in known:
        cells = [str(sum(comparison.counts[release, version, what] for version in versions)) for what in OUTCOMES]
        text += f"| {release.flink} | {' | '.join(cells)} |\n"
    text += "\nBy format version: read as it is + converted, of all files of that version.\n\n"
    text += "| Flink | " + " | ".join(f"V{version}" for version in versions) + " |\n"
    text += "|---|" + "---|" * len(versions) + "\n"
    for release in known:
        counts = comparison.counts
        cells = [f"{counts[release, v, 'as it is']} + "
                 f"{counts[release, v, 'lossless'] + counts[release, v, 'drops-information']} of {files_of_version[v]}"
                 for v in versions]
        text += f"| {release.flink} | {' | '.join(cells)} |\n"
    text += "\nWhat makes conversions impossible; a pair may have several:\n\n| finding | pairs |\n|---|---|\n"
    for what, count in sorted(comparison.impossible.items()):
        text += f"| `{what}` | {count} |\n"
    return text


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
    comparison = Comparison(options.binary, options.work.resolve())
    for release in known:
        comparison.run(release, dumps)
    for failure in comparison.failures[:MOST_SHOWN]:
        print("FAILED", failure)
    pages = collections.Counter(dump["format_version"] for dump in dumps.values())
    page_is_right = settle_page(options, page(comparison, known, pages))
    pairs = sum(count for (_, _, what), count in comparison.counts.items() if what in OUTCOMES)
    passed = pairs - len({failure.split(":")[0] for failure in comparison.failures})
    failed = len(comparison.failures) + (not page_is_right)
    print(f"passed={passed} failed={failed} skipped=0")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
