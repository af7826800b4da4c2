#!/usr/bin/env python3
"""Compares what commands print with --json with the JSON Schemas of documents/, by an independent validator.

  documents.py --binary STATEFERRY --source SOURCE_TREE

Each document that is printed must fit its schema, and no longer fit when a member that the schema requires
is missing. Needs Debian's python3-jsonschema; says SKIPPED and ends with 77 without it.
"""

import argparse
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

try:
    import jsonschema
except ImportError as error:
    print(f"SKIPPED schema: {error.name} is not installed for {sys.executable}")
    sys.exit(77)

HERE = pathlib.Path(__file__).resolve().parent


def validator(name):
    schema = json.loads((HERE / "documents" / f"{name}-1.json").read_text())
    kind = jsonschema.validators.validator_for(schema, jsonschema.Draft7Validator)
    kind.check_schema(schema)
    return schema, kind(schema)


def runs(work, source):
    """Name of a schema, and the words of a command whose document must fit it."""
    whole = source / "examples" / "whole"
    snapshots = source / "examples" / "snapshots"
    job = work / "job"
    shutil.copytree(whole / "2.3.0-inc", job)
    shutil.copytree(whole / "2.3.0-savepoint", job / "savepoint-1")
    (job / "chk-7").mkdir()
    shared = next((job / "shared").iterdir())
    yield "inspect-job", ["inspect", job]
    yield "diff", ["diff", snapshots / "2.3.0-inc", snapshots / "2.3.0-merge-inc", "--detail"]
    yield "diff", ["diff", snapshots / "1.9.3-inc", snapshots / "2.3.0-inc"]
    yield "diff", ["diff", job / "chk-2", job / "chk-2"]
    yield "scan", ["scan", snapshots / "2.3.0-inc"]
    yield "scan", ["scan", snapshots / "2.3.0-inc", "bucket-old", "nowhere"]
    yield "scan", ["scan", job / "savepoint-1", "e", "--files"]
    yield "who", ["who", shared, "--root", job]
    yield "who", ["who", job / "savepoint-1" / "_metadata", "--root", job]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", required=True)
    parser.add_argument("--source", type=pathlib.Path, required=True)
    options = parser.parse_args()
    problems = []
    count = 0
    with tempfile.TemporaryDirectory() as folder:
        for name, words in runs(pathlib.Path(folder), options.source):
            command = [options.binary, *map(str, words), "--json"]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            said = " ".join(map(str, words))
            count += 1
            try:
                document = json.loads(done.stdout)
            except ValueError as error:
                problems.append(f"{said}: {error}\n{done.stderr}")
                continue
            schema, check = validator(name)
            problems += [f"{said}: {e.json_path if hasattr(e, 'json_path') else list(e.path)}: {e.message}"
                         for e in check.iter_errors(document)]
            for member in schema["required"]:
                if check.is_valid({key: value for key, value in document.items() if key != member}):
                    problems.append(f"{said}: fits without {member}")
    for problem in problems:
        print(problem)
    print(f"{count} documents, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
