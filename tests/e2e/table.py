"""The page docs/formats/e2e.md, made from the results of a run of all cells."""

import matrix

INTRO = """# What real Flink restores

Each cell is a job that wrote a snapshot with that release of Flink, something that stateferry or a plain copy did
to it, and the same job restored from the result. By then nothing is left where the snapshot was written.
**restored**: every value of every kind of state is the one that was written, and new records go on from there.
**refused**: Flink must not be able to start the job from this; the note has its reason. **–**: the note says why
there is nothing to do.

The job has keyed value, map and list state, event-time timers, union, broadcast and split operator state, a source
with coordinator state (from 1.12 on), operators with and without uid, and parallelism 2.

| what is done | |
|---|---|
"""


def page(results, scenarios):
    """Markdown; `results` is a list of cells, `scenarios` a map from name to what is done."""
    cells = {(cell["kind"], cell["scenario"], cell["release"]): cell for cell in results}
    notes, lines = [], []
    for kind in matrix.KINDS:
        lines += ["", f"## {kind.title[0].upper()}{kind.title[1:]}", ""]
        lines.append("| | " + " | ".join(release.version for release in matrix.RELEASES) + " |")
        lines.append("|---|" + "---|" * len(matrix.RELEASES))
        for scenario in scenarios:
            if not any((kind.name, scenario, release.name) in cells for release in matrix.RELEASES):
                continue
            row = [mark(cells.get((kind.name, scenario, release.name)), notes) for release in matrix.RELEASES]
            lines.append(f"| {scenario} | " + " | ".join(row) + " |")
    lines += ["", "## Notes", ""]
    lines += [f"{number}. {note}" for number, note in enumerate(notes, 1)]
    head = INTRO + "".join(f"| {name} | {what} |\n" for name, what in scenarios.items())
    dates = sorted({cell["date"] for cell in results})
    tools = sorted({tool for cell in results for tool in cell["with"]})
    made = (f"\nMade on {' to '.join(dict.fromkeys([dates[0], dates[-1]]))} by"
            f" `tests/e2e/run.py --table docs/formats/e2e.md` with {', '.join(tools)}.\n")
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
