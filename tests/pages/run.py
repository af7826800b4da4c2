#!/usr/bin/env python3
"""Runs the commands of a page as they stand there, and compares what they say with what the page shows.

  run.py BUILD PAGE

The page's blocks ```console are one session in a folder with copies of examples/ and rules/ and with BUILD as
build/release, as in a clone after scripts/quickstart.sh. A line `$ COMMAND` runs, further lines after a `\\` at its end
included; what follows it must be said. There `…` stands for any text, and alone on a line for any lines. Each command
must end with 0.
"""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(__file__).resolve().parent.parent.parent
MARK = "--- next command, the last one ended with "
TIMEOUT = 100


def commands(page):
    """Pairs of a command and the lines that are shown as what it says."""
    found = []
    for block in re.findall(r"^```console\n(.*?)^```$", page, re.M | re.S):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append(([line[2:]], []))
            elif not found[-1][1] and found[-1][0][-1].endswith("\\"):
                found[-1][0].append(line)
            else:
                found[-1][1].append(line)
    return [("\n".join(command), shown) for command, shown in found]


def matches(shown, said):
    expression = ""
    for line in shown:
        if line.strip() == "…":
            expression += r"(?:[^\n]*\n)*"
        else:
            expression += "[^\n]*".join(re.escape(part) for part in line.rstrip().split("…")) + " *\n"
    return re.fullmatch(expression, said) is not None


def session(script, build):
    """What the commands say, each with its exit code."""
    with tempfile.TemporaryDirectory(prefix="stateferry-pages-") as name:
        folder = pathlib.Path(name)
        for part in ("examples", "rules"):
            shutil.copytree(SOURCE / part, folder / part)
        (folder / "build").mkdir()
        (folder / "build" / "release").symlink_to(build)
        lines = ["shopt -s expand_aliases"]
        for command, _ in script:
            lines += [command, f'echo "{MARK}$?"']
        done = subprocess.run(["bash", "-c", "\n".join(lines)], cwd=folder, stdin=subprocess.DEVNULL, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=TIMEOUT,
                              env={"PATH": "/usr/bin:/bin", "HOME": name, "LANG": "C.UTF-8"})
    return re.findall(rf"(.*?)^{MARK}(\d+)\n", done.stdout, re.M | re.S)


def main():
    build, page = (pathlib.Path(argument).resolve(strict=True) for argument in sys.argv[1:])
    script = commands(page.read_text())
    assert script, f"there are no commands in {page}"
    said = session(script, build)
    assert len(said) == len(script), "the session has ended too early"
    failed = 0
    for (command, shown), (text, status) in zip(script, said):
        if status != "0" or not matches(shown, text):
            failed += 1
            print(f"FAILED $ {command}\nended with {status} and said\n{text}where {page.name} shows\n" + "\n".join(shown))
    print(f"{len(script)} commands, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
