"""report.py FIGURES.json PAGE.md: puts the tables of a run of compare.sh between the markers of the page."""

import json
import pathlib
import sys

BEGIN, END = "<!-- figures: made by benchmarks/report.py -->", "<!-- end of figures -->"
WORDS = {True: "met", False: "**not met**", None: "–"}
NAMES = {
    "cp": "`cp`",
    "cp, sync": "`cp`, then `sync FILE`",
    "sed": "`sed` (the result is wrong)",
    "convert --no-sync": "`convert --no-sync`",
    "convert --no-sync --no-verify": "… and `--no-verify`",
    "convert": "`convert`",
    "ten steps": "ten steps with `where`, `--no-sync`",
    "tree": "`convert --no-sync --reencode`",
    "tree --no-verify": "… and `--no-verify`",
    "inspect": "`inspect`",
    "dump": "`dump`",
    "plan": "`plan`",
    "out of tree": "transform from out of tree, `--no-sync`",
    "flink": "Flink's serializer",
    "flink, tuned JVM": "… with a tuned JVM",
    "pipe": "`convert - -`",
}


def ms(seconds):
    return f"{seconds * 1e3:,.1f}" if seconds < 0.1 else f"{seconds * 1e3:,.0f}"


def mib(kib):
    return f"{kib / 1024:,.1f}"


def of_flink(flink, row):
    return f"{min(flink['least'] / row['least'], flink['cpu'] / max(row['cpu'], 1e-4)):,.1f}" if flink else ""


def input_table(name, entry):
    commands = entry["commands"]
    cp, flink = commands["cp"], commands.get("flink")
    yield f"### {name}: {entry['bytes']:,} bytes, {entry['handles']:,} locations rewritten"
    yield ""
    yield "| command | least ms | median ms | most ms | CPU ms | peak MiB | × `cp` | × faster than Flink |"
    yield "|---|---:|---:|---:|---:|---:|---:|---:|"
    for key, row in commands.items():
        cells = [NAMES.get(key, key), ms(row["least"]), ms(row["median"]), ms(row["most"]), ms(row["cpu"]),
                 mib(row["rss_kib"]), f"{row['least'] / cp['least']:.2f}", of_flink(flink, row)]
        yield "| " + " | ".join(cells) + " |"
    yield ""


def versions_table(inputs):
    """The inputs that each version's own Flink has made, a line each."""
    yield "### Each version, made by its own release of Flink"
    yield ""
    yield ("| input | bytes | locations | `cp` ms | `convert --no-sync` | … `--no-verify` | ten steps | `--reencode` "
           "| `inspect` | `dump` | `plan` ms | `convert` MiB | `--reencode` × input | `inspect` MiB | `dump` MiB "
           "| `plan` MiB |")
    yield "|---|" + "---:|" * 15
    for name, entry in inputs.items():
        rows = entry["commands"]
        cp = rows["cp"]["least"]
        cells = [name, f"{entry['bytes']:,}", f"{entry['handles']:,}", ms(cp)]
        for key in ("convert --no-sync", "convert --no-sync --no-verify", "ten steps", "tree", "inspect", "dump"):
            cells.append(f"{rows[key]['least'] / cp:.2f}")
        cells += [ms(rows["plan"]["least"]), mib(rows["convert --no-sync"]["rss_kib"]),
                  f"{rows['tree']['rss_kib'] * 1024 / entry['bytes']:.2f}"]
        cells += [mib(rows[key]["rss_kib"]) for key in ("inspect", "dump", "plan")]
        yield "| " + " | ".join(cells) + " |"
    yield ""
    yield "Times without a unit are multiples of `cp`."
    yield ""


def many_table(rows, count):
    yield f"### {count:,} snapshots of 10 KB in one command"
    yield ""
    yield "| command | least ms | median ms | most ms | CPU ms | peak MiB |"
    yield "|---|---:|---:|---:|---:|---:|"
    for key, row in rows.items():
        name = key if key == "bare loop" else f"`convert {key.replace('default', '')}`".replace(" `", "`")
        cells = [name, ms(row["least"]), ms(row["median"]), ms(row["most"]), ms(row["cpu"]), mib(row["rss_kib"])]
        yield "| " + " | ".join(cells) + " |"
    yield ""


def tables(figures):
    environment = figures["environment"]
    yield (f"Taken {environment['date'][:10]} with {environment['stateferry']} on {environment['processors']} "
           f"processors ({environment['cpu']}), Linux {environment['kernel']}, {environment['file system']}, "
           f"{environment['java']}. Load average {environment['load before']:.1f} before the run, "
           f"{environment['load after']:.1f} after it.")
    yield ""
    yield "| goal | measured | |"
    yield "|---|---|---|"
    for row in figures["goals"]:
        yield f"| {row['goal']} | {row['measured']} | {WORDS[row['met']]} |"
    yield ""
    versions = {name: entry for name, entry in figures["inputs"].items() if "-" in name}
    for name, entry in figures["inputs"].items():
        if name not in versions:
            yield from input_table(name, entry)
    if versions:
        yield from versions_table(versions)
    if figures["many"]:
        yield from many_table(figures["many"], figures.get("many count", 1000))


def main(figures, page):
    page = pathlib.Path(page)
    text = page.read_text()
    if BEGIN not in text or END not in text:
        sys.exit(f"report: {page} has no markers")
    head, rest = text.split(BEGIN, 1)
    tail = rest.split(END, 1)[1]
    lines = "\n".join(tables(json.loads(pathlib.Path(figures).read_text())))
    page.write_text(f"{head}{BEGIN}\n\n{lines}\n{END}{tail}")


if len(sys.argv) != 3:
    sys.exit(__doc__)
main(*sys.argv[1:])
