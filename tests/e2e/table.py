#!/usr/bin/env python3
"""What is made of the results of a run of all cells, which lie beside this file.

    tests/e2e/table.py --write | --check

The page docs/formats/e2e.md, and the trials that the library tells users about. --check fails when one of them is
not what the results say.
"""

import json
import pathlib
import sys

import matrix
import scenarios

HERE = pathlib.Path(__file__).resolve().parent
RESULTS = HERE / "results.json"
PAGE = HERE.parents[1] / "docs/formats/e2e.md"
KEPT = ("cell", "outcome", "note", "date", "with")
TRIALS = HERE.parents[1] / "framework/src/conversion/restores_seen.inc"

INTRO = """# What real Flink restores

Each cell is a job that wrote a snapshot with that release of Flink, something that stateferry or a plain copy did
to it, and the same job restored from the result. By then nothing is left where the snapshot was written.
**restored**: every value of every kind of state is the one that was written, and new records go on from there.
**refused**: Flink doesn't start the job from this, and the note has its reason. That must be so of an untouched copy
with absolute URIs, or the other rows would prove nothing; and it may be so of an older release, which reads the
metadata but not what is in the state files. **–**: the note says why there is nothing to do. Empty: not run.
Rows `go-on-…` are about what comes after: the restored job reads on and takes checkpoints until Flink has forgotten
the first, and the last one is restored. The note says in which of Flink's restore modes that goes well; `move` and
`self-contain` had said the same of each mode. All modes restore the state itself.

The job has keyed value, map and list state, event-time timers, union, broadcast and split operator state, a source
with coordinator state (from 1.12 on), operators with and without uid, and parallelism 2.

| what is done | |
|---|---|
"""


def publish(known):
    """Writes the results, the page and the trials; `known` is a map from name to cell. Raises if one is missing or
    failed."""
    names = [scenarios.cell_name(*cell) for cell in scenarios.all_cells()]
    lacking = [name for name in names if known.get(name, {"outcome": "failed"})["outcome"] == "failed"]
    if lacking:
        raise SystemExit(f"no table: {len(lacking)} cells failed or never ran, such as {', '.join(lacking[:5])}")
    kept = [{key: known[name][key] for key in KEPT} for name in names]
    lines = [json.dumps(cell, ensure_ascii=False) for cell in kept]
    RESULTS.write_text("[\n" + ",\n".join(lines) + "\n]\n")
    for file, text in made().items():
        file.write_text(text)


def made():
    """The files that follow from the results, with their text."""
    results = json.loads(RESULTS.read_text())
    for cell in results:
        cell["release"], cell["kind"], cell["scenario"] = cell["cell"].split("/")
    return {PAGE: page(results), TRIALS: trials(results)}


def trials(results):
    """Rows of C++ for restores_seen.cpp: what became of snapshots that were brought down to an older release."""
    versions = {release.name: release.version for release in matrix.RELEASES}
    rows = []
    for cell in results:
        target = cell["scenario"].removeprefix("for-flink-")
        if target == cell["scenario"] or cell["kind"] == "claimed" or cell["outcome"] not in ("restored", "refused"):
            continue
        texts = [cell["kind"], versions[cell["release"]], versions[target]]
        row = [json.dumps(text) for text in texts] + [str(cell["outcome"] == "restored").lower()]
        rows.append(f"    {{{', '.join(row)}, {json.dumps(cell['note'].replace('`', ''))}}},\n")
    head = ("// Restores that were tried. Written by tests/e2e/table.py --write from tests/e2e/results.json; "
            "docs/e2e compares.\n")
    return head + "".join(rows)


def page(results):
    """Markdown; `results` is a list of cells."""
    whats = {name: scenario.__doc__.split("\n")[0] for name, scenario in scenarios.SCENARIOS.items()
             if any(cell["scenario"] == name for cell in results)}
    cells = {(cell["kind"], cell["scenario"], cell["release"]): cell for cell in results}
    notes, lines = [], []
    for kind in matrix.KINDS:
        ran = {cell["release"] for cell in results if cell["kind"] == kind.name}
        releases = [release for release in matrix.RELEASES if release.name in ran]
        if not releases:
            continue
        lines += ["", f"## {kind.title[0].upper()}{kind.title[1:]}", ""]
        lines.append("| | " + " | ".join(release.version for release in releases) + " |")
        lines.append("|---|" + "---|" * len(releases))
        for scenario in whats:
            if not any((kind.name, scenario, release.name) in cells for release in releases):
                continue
            row = [mark(cells.get((kind.name, scenario, release.name)), notes) for release in releases]
            lines.append(f"| {scenario} | " + " | ".join(row) + " |")
    lines += ["", "## Notes", ""]
    lines += [f"{number}. {note}" for number, note in enumerate(notes, 1)]
    head = INTRO + "".join(f"| {name} | {what} |\n" for name, what in whats.items())
    dates = sorted({cell["date"] for cell in results})
    tools = sorted({tool for cell in results for tool in cell["with"]})
    made = (f"\nMade on {' to '.join(dict.fromkeys([dates[0], dates[-1]]))} by"
            f" `tests/e2e/run.py --publish` with {', '.join(tools)}.\n")
    return head + made + "\n".join(lines) + "\n"


def mark(cell, notes):
    if cell is None:
        return ""
    word = {"not applicable": "–"}.get(cell["outcome"], cell["outcome"])
    note = cell["note"]
    if not note:
        return word
    if note not in notes:
        notes.append(note)
    return f"{word} ({notes.index(note) + 1})"


def main():
    if sys.argv[1:] not in (["--write"], ["--check"]):
        print(__doc__, file=sys.stderr)
        return 2
    stale = 0
    for file, text in made().items():
        if sys.argv[1] == "--write":
            file.write_text(text)
        elif not file.exists() or file.read_text() != text:
            print(f"{file} is not what the results say; run tests/e2e/table.py --write")
            stale = 1
    return stale


if __name__ == "__main__":
    sys.exit(main())
