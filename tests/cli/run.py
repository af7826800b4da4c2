#!/usr/bin/env python3
"""Runs the command line on small scripts and compares what it says with what it should say.

A case is a bash script cases/AREA/NAME.sh. Beside it may lie
  NAME.stdout.exact, NAME.stderr.exact   what must be said, word for word; missing: nothing
  NAME.stdout.glob, NAME.stderr.glob     the same with `*` for any text within a line and a line
                                         `...` for any lines, also none
  NAME.exit                              the exit code; missing: 0
A case runs in a folder of its own, see prelude.sh. In what it says, that folder becomes $WORK, the
build folder $BUILD, the source tree $SOURCE. A script may say `skip REASON`.
"""

import argparse
import concurrent.futures
import dataclasses
import difflib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = HERE.parent.parent
CASES = HERE / "cases"
STREAMS = ("stdout", "stderr")
# Said by a script and by this program.
SKIP_OF_CASE = 200
SKIPPED = 77
TIMEOUT = 120
# What a case may see of the caller's environment: how sanitizers report.
PASSED_ON = ("ASAN_OPTIONS", "LSAN_OPTIONS", "UBSAN_OPTIONS")


@dataclasses.dataclass
class Said:
    """What a case said, with the folders' names replaced."""

    exit: int
    stdout: str
    stderr: str


@dataclasses.dataclass
class Verdict:
    """What came of a case; without problems it has passed."""

    case: pathlib.Path
    problems: list
    skipped: str = ""
    updated: int = 0


def name_of(case):
    return case.relative_to(CASES).with_suffix("").as_posix()


def beside(case, suffix):
    return case.with_name(case.stem + "." + suffix)


def prepare(folder):
    """Fills the case's folder with copies, so that no case can harm the source tree."""
    work = folder / "work"
    work.mkdir()
    (folder / "tmp").mkdir()
    for snapshots in (SOURCE / "examples" / "snapshots", HERE / "data"):
        for snapshot in sorted(snapshots.iterdir()):
            if snapshot.is_dir():
                shutil.copytree(snapshot, work / "snapshots" / snapshot.name)
    shutil.copytree(SOURCE / "rules" / "samples", work / "samples")
    # Copies of read-only files must not be read-only, nor the folder closed to other users.
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)
    return work


def normalize(text, replacements):
    for path, name in replacements:
        text = text.replace(path, name)
    return text


def execute(case, binary):
    with tempfile.TemporaryDirectory(prefix="stateferry-cli-") as name:
        folder = pathlib.Path(name).resolve()
        work = prepare(folder)
        environment = {
            "PATH": os.pathsep.join([str(binary.parent), "/usr/local/bin", "/usr/bin", "/bin"]),
            "HOME": str(folder),
            "TMPDIR": str(folder / "tmp"),
            "LANG": "C.UTF-8",
            "TOOLS": str(HERE),
        }
        environment.update({name: os.environ[name] for name in PASSED_ON if name in os.environ})
        done = subprocess.run(
            ["bash", "-c", 'source "$0"; source "$1"', str(HERE / "prelude.sh"), str(case)],
            cwd=work, env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=False,
            timeout=TIMEOUT)
        build = binary.parent.parent
        replacements = [(str(work), "$WORK"), (str(build), "$BUILD"), (str(SOURCE), "$SOURCE")]
        stdout, stderr = (normalize(text.decode("utf-8", "backslashreplace"), replacements)
                          for text in (done.stdout, done.stderr))
        return Said(done.returncode, stdout, stderr)


def matches_glob(pattern, text):
    """Whether `text` is what a .glob file describes."""
    expression = ""
    for line in pattern.splitlines():
        if line == "...":
            expression += r"(?:[^\n]*\n)*"
        else:
            expression += "[^\n]*".join(re.escape(part) for part in line.split("*")) + "\n"
    if text and not text.endswith("\n"):
        text += "\n"
    return re.fullmatch(expression, text) is not None


def text_of(path):
    """As it is: the line ends of CSV are a part of what is expected."""
    return path.read_bytes().decode()


def difference(expected, actual, stream):
    lines = difflib.unified_diff(expected.splitlines(), actual.splitlines(), f"expected {stream}",
                                 f"actual {stream}", lineterm="")
    return "\n".join(lines) or f"{stream} differs in the end of its last line"


def expected_exit(case):
    path = beside(case, "exit")
    return int(path.read_text()) if path.exists() else 0


def compare(case, said):
    problems = []
    if said.exit != expected_exit(case):
        problems.append(f"exit code {said.exit} instead of {expected_exit(case)}")
    for stream in STREAMS:
        actual = getattr(said, stream)
        exact, glob = beside(case, stream + ".exact"), beside(case, stream + ".glob")
        if exact.exists() and glob.exists():
            problems.append(f"there is an exact and a glob file for {stream}")
        elif glob.exists():
            if not matches_glob(glob.read_text(), actual):
                problems.append(f"{glob.name} does not match {stream}:\n{actual}")
        else:
            expected = text_of(exact) if exact.exists() else ""
            if expected != actual:
                problems.append(difference(expected, actual, stream))
    return problems


def write_or_remove(path, text):
    """Returns whether anything changed."""
    before = text_of(path) if path.exists() else ""
    if before == text:
        return False
    if text:
        path.write_text(text)
    else:
        path.unlink()
    return True


def update(case, said):
    """Rewrites the expectations; a glob that doesn't match any more has to be mended by hand."""
    changed = write_or_remove(beside(case, "exit"), f"{said.exit}\n" if said.exit else "")
    problems = []
    for stream in STREAMS:
        actual = getattr(said, stream)
        glob = beside(case, stream + ".glob")
        if not glob.exists():
            changed += write_or_remove(beside(case, stream + ".exact"), actual)
        elif not matches_glob(glob.read_text(), actual):
            problems.append(f"{glob.name} does not match {stream}:\n{actual}")
    return changed, problems


def run(case, options):
    try:
        said = execute(case, options.binary)
    except subprocess.TimeoutExpired:
        return Verdict(case, [f"not done after {TIMEOUT} s"])
    if said.exit == SKIP_OF_CASE:
        return Verdict(case, [], skipped=(said.stderr.strip() or "no reason given").splitlines()[-1])
    if options.update:
        updated, problems = update(case, said)
        return Verdict(case, problems, updated=updated)
    return Verdict(case, compare(case, said))


def leftovers():
    """Expectations whose case is gone."""
    for path in sorted(CASES.rglob("*")):
        case = re.sub(r"\.(sh|exit|std(out|err)\.(exact|glob))$", ".sh", path.name)
        if path.is_file() and not (case.endswith(".sh") and path.with_name(case).exists()):
            yield path


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", type=pathlib.Path, required=True, help="the stateferry to run")
    parser.add_argument("--update", action="store_true",
                        help="rewrite the expectations; look at the difference before you commit it")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="cases to run at once")
    parser.add_argument("cases", nargs="*", metavar="CASE",
                        help="a script, or AREA/NAME, or AREA; without any all are run")
    options = parser.parse_args()
    options.binary = options.binary.resolve(strict=True)
    return options


def find_cases(names):
    if not names:
        return sorted(CASES.rglob("*.sh"))
    found = []
    for name in names:
        path = pathlib.Path(name) if name.endswith(".sh") else CASES / name
        cases = sorted(path.rglob("*.sh")) if path.is_dir() else [path.with_suffix(".sh").resolve()]
        if not cases or not all(case.is_file() for case in cases):
            sys.exit(f"there is no case '{name}'")
        found += cases
    return found


def main():
    options = arguments()
    cases = find_cases(options.cases)
    failed = skipped = updated = 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for verdict in pool.map(lambda case: run(case, options), cases):
            if verdict.problems:
                failed += 1
                print(f"FAILED {name_of(verdict.case)}", *verdict.problems, sep="\n", flush=True)
            elif verdict.skipped:
                skipped += 1
                print(f"SKIPPED {name_of(verdict.case)}: {verdict.skipped}", flush=True)
            elif verdict.updated:
                updated += 1
                print(f"UPDATED {name_of(verdict.case)}", flush=True)
    for path in [] if options.cases else leftovers():
        failed += 1
        print(f"FAILED {path.relative_to(CASES)}: there is no such case")
    passed = len(cases) - failed - skipped
    print(f"{passed} passed, {failed} failed, {skipped} skipped" +
          (f", {updated} updated" if options.update else ""))
    if failed:
        return 1
    return SKIPPED if len(cases) == 1 and skipped else 0


if __name__ == "__main__":
    sys.exit(main())
