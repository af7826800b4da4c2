#!/usr/bin/env python3
"""Compares the JSON Schema of `rules schema` with what `rules check` says, by an independent validator.

  check.py --binary STATEFERRY [--plugin-dir DIR] [--mutants] FILE|FOLDER…

A rule file that begins with comments `# schema: PLACE` and `# check: CODE` is broken: the schema must
refuse it at that place (keys and indices with slashes between, or `(the file)`), and `rules check` with
that code. Any other file must be accepted by both. Where `rules check` lists the words that it takes,
these must be the words of the schema.

--mutants breaks the good files instead, in each place and in many ways. What the schema refuses, `rules
check` must refuse, too; and what that calls a wrong type, a missing key or an unknown one, the schema
must refuse.

Needs Debian's python3-jsonschema and python3-yaml; says SKIPPED and ends with 77 without them.
"""

import argparse
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

try:
    import jsonschema
    import yaml
except ImportError as error:
    print(f"SKIPPED schema: {error.name} is not installed for {sys.executable}")
    sys.exit(77)

# What neither side can leave to the other: the form of the file. (A transform may miss something, too, for
# reasons of its own.)
STRUCTURAL = ("missing ", "unknown key", "unknown parameter", "this test has none")
MOST_SHOWN = 20


class Loader(yaml.SafeLoader):
    """YAML 1.2 as editors read it: no dates, no `yes`, no octal numbers."""

    yaml_implicit_resolvers = {}


def resolve(kind, pattern, first):
    Loader.add_implicit_resolver("tag:yaml.org,2002:" + kind, re.compile(pattern), first)


resolve("null", r"^(?:|~|null)$", ["", "~", "n"])
resolve("bool", r"^(?:true|false)$", ["t", "f"])
resolve("int", r"^-?[0-9]+$", list("-0123456789"))
resolve("float", r"^-?[0-9]+\.[0-9]+$", list("-0123456789"))


def as_json(value):
    """What a JSON document can hold: keys are texts."""
    if isinstance(value, dict):
        return {key if isinstance(key, str) else json.dumps(key): as_json(item) for key, item in value.items()}
    return [as_json(item) for item in value] if isinstance(value, list) else value


def read(path):
    return as_json(yaml.load(path.read_text(encoding="utf-8"), Loader))


def expectations(path):
    """The comments that say what is wrong with a file; empty for a good one."""
    return dict(re.findall(r"^# (schema|check): (.*)$", path.read_text(encoding="utf-8"), re.M))


class Tool:
    """A stateferry with its options for plugins."""

    def __init__(self, binary, plugin_dir):
        self.binary = binary
        self.options = ["--plugin-dir", plugin_dir] if plugin_dir else []

    def run(self, *arguments):
        done = subprocess.run([self.binary, *arguments, *self.options], capture_output=True, text=True, check=False)
        # A fault that is told on stderr instead of in the document, such as a plugin that is refused.
        if done.stderr and not done.stdout:
            sys.exit(f"FAILED {' '.join(arguments[:2])}: {done.stderr}")
        return done.stdout

    def schema(self):
        return json.loads(self.run("rules", "schema"))

    def check(self, paths):
        """What `rules check` says of each file, in order."""
        document = json.loads(self.run("rules", "check", "--json", *map(str, paths)))
        return document["files"]


def all_errors(errors):
    """Errors with those that led to them."""
    for error in errors:
        yield error
        yield from all_errors(error.context)


def place_of(error):
    return "/".join(map(str, error.absolute_path)) or "(the file)"


def words_told(problem):
    """The words that a message lists as legal."""
    match = re.fullmatch(r"one of (.*)", problem.get("help", ""))
    return frozenset(match.group(1).split(", ")) if match else None


class Comparison:
    """Collects what doesn't fit."""

    def __init__(self, tool):
        self.tool = tool
        schema = tool.schema()
        jsonschema.Draft7Validator.check_schema(schema)
        self.validator = jsonschema.Draft7Validator(schema)
        self.failures = []
        self.word_lists = 0

    def fail(self, path, text):
        self.failures.append(f"{path}: {text}")

    def good(self, path, said):
        for error in self.validator.iter_errors(read(path)):
            self.fail(path, f"the schema refuses {place_of(error)}: {error.message}")
        if not said["valid"]:
            self.fail(path, f"rules check refuses it: {said['problems']}")

    def broken(self, path, said, expected):
        errors = list(all_errors(self.validator.iter_errors(read(path))))
        places = sorted({place_of(error) for error in errors})
        if expected["schema"] not in places:
            self.fail(path, f"the schema should refuse {expected['schema']}, not {places}")
        codes = sorted({problem["code"] for problem in said["problems"]})
        if expected["check"] not in codes:
            self.fail(path, f"rules check should say {expected['check']}, not {codes}")
        self.compare_words(path, errors, said["problems"])

    def compare_words(self, path, errors, problems):
        lists = {frozenset(map(str, error.validator_value)) for error in errors if error.validator == "enum"}
        for words in filter(None, map(words_told, problems)):
            self.word_lists += 1
            if words not in lists:
                self.fail(path, f"rules check takes {sorted(words)}, the schema {[sorted(s) for s in lists]}")

    def mutant(self, path, change, document, said):
        """A broken file of which nobody has said what is wrong with it."""
        path = f"{path.name}, {change}"
        takes = self.validator.is_valid(document)
        if not takes and said["valid"]:
            errors = sorted(f"{place_of(e)}: {e.message[:100]}" for e in self.validator.iter_errors(document))
            self.fail(path, f"only the schema refuses it: {errors}")
        structural = any(problem["code"] == "E-RULE-TYPE" or problem["message"].startswith(STRUCTURAL)
                         for problem in said["problems"])
        # The type of a variable stands elsewhere in the file, where no schema can look.
        if takes and structural and not re.match(r"/tests/\d+/vars/", change):
            self.fail(path, f"only rules check refuses it: {said['problems']}")


WRONG_VALUES = (None, "", "word", 7, True, [], ["word"], [[]], {}, {"word": 1}, {"word": []})


def mutants(node, replace, place=""):
    """Each way to break `node` or what is below it, as (what is done, document); `replace(value)` makes
    the document with that in the place of `node`."""
    here = place or "(the file)"
    for value in WRONG_VALUES:
        yield f"{here} becomes {json.dumps(value)}", replace(value)
    if isinstance(node, dict):
        yield f"{here} gets an unknown key", replace({**node, "unknown-key": 1})
        for key, value in node.items():
            below = f"{place}/{key}"
            others = {name: item for name, item in node.items() if name != key}
            yield f"{below} is left out", replace(others)
            yield f"{below} gets another name", replace({**others, key + "z": value})
            if not key.startswith("x-"):
                yield from mutants(value, lambda new, key=key: replace({**node, key: new}), below)
    elif isinstance(node, list):
        yield f"{here} is there twice", replace(node + node)
        for index, value in enumerate(node):
            yield from mutants(
                value, lambda new, i=index: replace(node[:i] + [new] + node[i + 1:]), f"{place}/{index}")


def compare_mutants(comparison, good):
    """Writes the mutants as JSON, which is YAML, and has them all checked at once."""
    count = 0
    for original in good:
        with tempfile.TemporaryDirectory() as folder:
            work = pathlib.Path(folder)
            for beside in original.parent.glob("*.yaml"):
                shutil.copy(beside, work)
            made = list(mutants(read(original), lambda new: new))
            paths = [work / f"mutant-{number}.yaml" for number in range(len(made))]
            for path, (_, document) in zip(paths, made):
                path.write_text(json.dumps(document), encoding="utf-8")
            for (change, document), said in zip(made, comparison.tool.check(paths)):
                comparison.mutant(original, change, document, said)
            count += len(made)
    return count


def compare_files(comparison, paths):
    for path, said in zip(paths, comparison.tool.check(paths)):
        expected = expectations(path)
        if expected:
            comparison.broken(path, said, expected)
        else:
            comparison.good(path, said)
    return len(paths)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True)
    parser.add_argument("--plugin-dir")
    parser.add_argument("--mutants", action="store_true")
    parser.add_argument("--word-lists", type=int, default=0, help="least number of lists of words compared")
    parser.add_argument("files", nargs="+", type=pathlib.Path)
    options = parser.parse_args()
    paths = [path for given in options.files for path in (sorted(given.glob("*.yaml")) if given.is_dir() else [given])]
    comparison = Comparison(Tool(options.binary, options.plugin_dir))
    if options.mutants:
        count = compare_mutants(comparison, [path for path in paths if not expectations(path)])
    else:
        count = compare_files(comparison, paths)
        if comparison.word_lists < options.word_lists:
            comparison.fail("all files", f"only {comparison.word_lists} lists of words were compared")
    for failure in comparison.failures[:MOST_SHOWN]:
        print("FAILED", failure)
    print(f"{count} files, {comparison.word_lists} lists of words, {len(comparison.failures)} failures")
    return 1 if comparison.failures else 0


if __name__ == "__main__":
    sys.exit(main())
