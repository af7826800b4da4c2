#!/usr/bin/env python3
"""Compares what commands print with --json and --jsonl with docs/schemas, by an independent validator.

  documents.py --binary STATEFERRY --source SOURCE_TREE [--jobs N]

Looked at is what the cases of tests/cli have stateferry print, whatever they do with it, what runs() adds, and what
the codecs' golden files say of snapshots. Each document must fit the schema that it names; each line of --jsonl that
names none, `line` under `$defs` of its command's. All schemas are met, all names in the source have one, and
docs/schemas/README.md lists them. Needs Debian's python3-jsonschema; says SKIPPED and ends with 77 without it.
"""

import argparse
import collections
import concurrent.futures
import importlib.util
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import warnings

try:
    import jsonschema
except ImportError as error:
    print(f"SKIPPED schema: {error.name} is not installed for {sys.executable}")
    sys.exit(77)

HERE = pathlib.Path(__file__).resolve().parent
MOST_SHOWN = 30
# Stands before the binary in the cases' PATH. What a case closes or fills up, it closes here, too.
RECORDER = """#!/bin/bash
for word; do
  case $word in --json | --jsonl | --record | --record=* | jsonl | --format=jsonl) wanted=1 ;; esac
done
[[ ${wanted-} ]] || exec %(binary)s "$@"
into=$(mktemp %(into)s/XXXXXXXX) || exit 99
%(binary)s "$@" >"$into"
code=$?
printf '%%s\\0' "$@" >"$into.words"
for word; do
  [[ ${before-} == --record && -f $word ]] && cp "$word" "$into.record"
  before=$word
done
cat "$into"
exit $code
"""


class Schemas:
    """The files of docs/schemas, and what was found with them."""

    def __init__(self, folder):
        self.folder = folder
        self.met = collections.Counter()
        self.problems = []
        self.checks = {}
        self.files = {path.name: json.loads(path.read_text()) for path in folder.glob("*.schema.json")}
        self.names = {file[: -len("-1.schema.json")] for file in self.files if file.endswith("-1.schema.json")}
        for file, schema in self.files.items():
            jsonschema.Draft202012Validator.check_schema(schema)
            self.closed(file, schema)

    def closed(self, place, schema):
        """What is ours has no members but those that are told."""
        told = schema.get("additionalProperties") is False or "other members" in schema.get("description", "")
        if "properties" in schema and not told:
            self.problems.append(f"{place}: takes any member")
        for key in ("properties", "patternProperties", "$defs"):
            for name, value in schema.get(key, {}).items():
                self.closed(f"{place}/{key}/{name}", value)
        for value in schema.get("oneOf", []) + schema.get("anyOf", []):
            self.closed(place, value)
        if "items" in schema:
            self.closed(place, schema["items"])

    def check(self, file, part=""):
        key = file + part
        if key not in self.checks:
            base = self.folder.as_uri() + "/" + file
            store = {self.folder.as_uri() + "/" + name: schema for name, schema in self.files.items()}
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)
                resolver = jsonschema.RefResolver(base, self.files[file], store=store)
                schema = {"$ref": f"{base}#{part}"}
                self.checks[key] = jsonschema.Draft202012Validator(schema, resolver=resolver)
        return self.checks[key]

    def complain(self, said, text):
        self.problems.append(f"{said}: {text}")

    def file_of(self, document, command):
        """The file of the form that a document names; of a line, that of its command for one snapshot or several."""
        named = re.fullmatch("stateferry/([a-z-]+)/1", str(document.get("schema", "")))
        if named:
            return f"{named.group(1)}-1.schema.json", ""
        files = [f"{command}-1.schema.json", f"{command}-many-1.schema.json"]
        with_lines = [file for file in files if "line" in self.files.get(file, {}).get("$defs", {})]
        fit = [file for file in with_lines if self.check(file, "/$defs/line").is_valid(document)]
        return (fit or with_lines or files)[0], "/$defs/line"

    def document(self, said, document, command=""):
        """Compares one document, or one line of the command's --jsonl."""
        file, part = self.file_of(document, command)
        if file not in self.files:
            return self.complain(said, f"there is no {file}")
        if part and "line" not in self.files[file].get("$defs", {}):
            return self.complain(said, "it names no schema")
        self.met[file[: -len("-1.schema.json")]] += 1
        for error in self.check(file, part).iter_errors(document):
            self.complain(said, describe(error))
        if self.check(file, part).is_valid({**document, "another": 1}):
            self.complain(said, f"{file} takes any member")
        return None

    def output(self, said, text, command):
        """Compares what a command has printed, a document or lines."""
        try:
            self.document(said, json.loads(text), command)
            return
        except ValueError:
            pass
        for line in text.splitlines():
            try:
                self.document(said, json.loads(line), command)
            except ValueError:
                return  # cut off, or no JSON: cases have their own word for that


def describe(error):
    """The innermost of what is wrong: of alternatives, those that come closest."""
    while error.context:
        error = max(error.context, key=lambda e: (len(e.absolute_path), len(e.absolute_schema_path)))
    return f"{'/'.join(map(str, error.absolute_path)) or '(the document)'}: {error.message[:300]}"


def runs(work, source):
    """Commands whose documents are to fit, beside those in tests/cli."""
    whole = source / "examples" / "whole"
    snapshots = source / "examples" / "snapshots"
    job = work / "job"
    shutil.copytree(whole / "2.3.0-inc", job)
    shutil.copytree(whole / "2.3.0-savepoint", job / "savepoint-1")
    for path in [job, *job.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)
    (job / "chk-7").mkdir()
    shared = next((job / "shared").iterdir())
    yield ["inspect", job, "--json"]
    yield ["diff", snapshots / "2.3.0-inc", snapshots / "2.3.0-merge-inc", "--detail", "--json"]
    yield ["diff", snapshots / "1.9.3-inc", snapshots / "2.3.0-inc", "--json"]
    yield ["diff", job / "chk-2", job / "chk-2", "--json"]
    for snapshot in sorted(snapshots.iterdir()):
        if snapshot.is_dir():
            yield ["inspect", snapshot, "--files", "--handles", "--json"]
            yield ["plan", snapshot, "--json"]
            yield ["scan", snapshot, "--json"]
            yield ["scan", snapshot, "bucket-old", "nowhere", "--json"]
            yield ["dump", snapshot, "--bytes", "--json"]
    for kind in ("--files", "--handles", "--operators"):
        yield ["inspect", snapshots / "2.3.0-merge-inc", kind, "--jsonl"]
    yield ["scan", job / "savepoint-1", "e", "--files", "--jsonl"]
    yield ["scan", job / "savepoint-1", "e", "--files", "--json"]
    yield ["who", shared, "--root", job, "--json"]
    yield ["who", job / "savepoint-1" / "_metadata", "--root", job, "--json"]
    yield ["store", "check", job, "--json"]
    yield ["store", "check", work / "nothing", "--json"]
    # Where its files are, so that they can be mirrored.
    yield ["convert", "-r", source / "rules" / "samples" / "bucket-to-bucket.yaml", "--in-place", "--json", job / "chk-2",
           "--set", "from=file:/tmp/flink-old/inc/b59bf0512e430a18fdcef0810b929fa9", "--set", f"to=file:{job}"]
    yield ["mirror", "--once", "--json", job, work / "mirror"]
    yield ["mirror", "status", "--json", work / "mirror"]
    yield ["failover", "--json", work / "mirror"]
    yield ["orphans", "--older-than", "0s", "--root", job, "--jsonl", job / "savepoint-1"]


def run_own(binary, source, schemas):
    with tempfile.TemporaryDirectory() as folder:
        for words in runs(pathlib.Path(folder).resolve(), source):
            words = list(map(str, words))
            done = subprocess.run([binary, *words], capture_output=True, text=True, check=False)
            if not done.stdout:
                schemas.complain(shlex.join(words), f"nothing was printed\n{done.stderr}")
            schemas.output(shlex.join(words), done.stdout, words[0])
        for note in (pathlib.Path(folder) / "mirror").rglob("_mirror*.json"):
            schemas.output(note.name, note.read_text(), "")
        page = pathlib.Path(folder) / "page.html"
        jobs = [str(path) for path in (source / "examples" / "snapshots").iterdir() if path.is_dir()]
        subprocess.run([binary, "inspect", "--html", page, *jobs], capture_output=True, check=True)
        done = subprocess.run([sys.executable, source / "tests" / "cli" / "page_data.py", page],
                              capture_output=True, text=True, check=True)
        schemas.output("the page", done.stdout, "report")


def cases_of(source):
    """The runner of tests/cli, and its cases that have anything to say here."""
    spec = importlib.util.spec_from_file_location("cli_cases", source / "tests" / "cli" / "run.py")
    cli = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = cli
    spec.loader.exec_module(cli)
    return cli, [case for case in cli.find_cases([])
                 if re.search(r"--json|--record|jsonl", case.read_text())]


def run_cases(options, schemas):
    """Runs the cases of tests/cli for what stateferry prints; whether they pass, their own tests say."""
    cli, cases = cases_of(options.source)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name).resolve()
        (folder / "bin").mkdir()
        (folder / "said").mkdir(mode=0o777)
        (folder / "tests").symlink_to(options.binary.parent.parent / "tests")
        folder.chmod(0o755)
        recorder = folder / "bin" / "stateferry"
        recorder.write_text(RECORDER % {"binary": shlex.quote(str(options.binary)), "into": folder / "said"})
        recorder.chmod(0o755)
        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            list(pool.map(lambda case: cli.execute(case, recorder), cases))
        for words in sorted((folder / "said").glob("*.words")):
            said = words.read_text(errors="replace").rstrip("\0").split("\0")
            for path in (words.with_suffix(""), words.with_suffix(".record")):
                if path.exists():
                    schemas.output(shlex.join(said), path.read_text(errors="replace"), said[0])
    return len(cases)


def names_in(source):
    """Names of schemas that the source writes."""
    for folder in ("cli", "framework"):
        for path in (source / folder).rglob("*.cpp"):
            yield from re.findall(r"stateferry/([a-z-]+)/1\b", path.read_text())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", type=pathlib.Path, required=True)
    parser.add_argument("--source", type=pathlib.Path, required=True)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    options = parser.parse_args()
    options.binary = options.binary.resolve(strict=True)
    schemas = Schemas(options.source / "docs" / "schemas")
    run_own(options.binary, options.source, schemas)
    cases = run_cases(options, schemas)
    for golden in sorted(options.source.glob("plugins/codecs/*/golden/*.json")):
        schemas.document(golden.name, json.loads(golden.read_text()))
    listed = (schemas.folder / "README.md").read_text()
    for name in sorted(set(names_in(options.source)) | schemas.names):
        if name not in schemas.names:
            schemas.complain(name, "docs/schemas has no file for it")
        elif not schemas.met[name]:
            schemas.complain(name, "no run has printed it")
        if f"({name}-1.schema.json)" not in listed:
            schemas.complain(name, "docs/schemas/README.md doesn't list it")
    for problem in schemas.problems[:MOST_SHOWN]:
        print(problem)
    print(f"{sum(schemas.met.values())} documents of {len(schemas.met)} schemas, from {cases} cases and other runs; "
          f"{len(schemas.problems)} problems")
    return 1 if schemas.problems else 0


if __name__ == "__main__":
    sys.exit(main())
