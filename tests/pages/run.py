#!/usr/bin/env python3
"""Runs the command lines of pages and of `--help`, and compares what they say with what is shown.

  run.py BUILD [PAGE…]       BUILD has the binary; without PAGE all pages and all of --help
  run.py --self-test BUILD   whether mistakes in a page are found

A page is one session, from top to bottom, in a folder with copies of examples/ and rules/ and with BUILD as
build/release, as in a clone after scripts/quickstart.sh; worlds.py has what else the page takes for granted.

  ```console   `$ COMMAND` runs, further lines after a `\\` or `|` at its end included; what follows must be said. There
               `…` stands for any text, and alone on a line for any lines
  ```sh        each command runs, and what it says doesn't matter
  `code`       runs when it begins with `stateferry` or, with options, with the name of one of its commands; one that
               lacks arguments is parsed
  ```text      usage: its options must be known
  ```yaml      rule files, their parts and configurations: the binary must take them

Everything must end with 0, unless worlds.py says otherwise. Lines of other programs are checked by tools.py, and run
where that can be. A line that nothing here knows is a failure.
"""

import argparse
import collections
import concurrent.futures
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import own  # noqa: E402  (beside this file; python -I leaves that out of the path)
import self_test  # noqa: E402
import tools  # noqa: E402
from page import Page  # noqa: E402
import worlds  # noqa: E402

SOURCE = HERE.parent.parent
MARK = "--- the line has ended with "
TIMEOUT = 250
USAGE = 2


def matches(shown, said):
    expression = ""
    for line in shown:
        if line.strip() == "…":
            expression += r"(?:[^\n]*\n)*"
        else:
            expression += "[^\n]*".join(re.escape(part) for part in line.rstrip().split("…")) + " *\n"
    return re.fullmatch(expression, said) is not None


def script_of(name, lines, folder):
    stand_ins = "\n".join(f"{tool}() {{ if [[ ! -t 0 ]]; then cat >/dev/null; fi; }}" for tool in tools.STAND_INS)
    begins_in = worlds.BEGINS_IN.get(name, ".")
    script = ["set -e", 'export PATH="$BUILD/bin:$PATH"', worlds.BASE, worlds.PAGES.get(name, ""), f"cd {begins_in}",
              "set +e", "set -o pipefail", "shopt -s expand_aliases", stand_ins, f'echo "{MARK}$?"']
    for line in lines:
        script += [line.text, f'echo "{MARK}$?"']
    return worlds.absolute("\n".join(script), folder)


class EndedEarly(Exception):
    """A session of which not all lines were run; the text is what it said."""


def session(name, lines, build):
    """Pairs of what each line said and its exit code."""
    with tempfile.TemporaryDirectory(prefix="stateferry-pages-") as path:
        folder = str(pathlib.Path(path).resolve())
        environment = {"PATH": "/usr/bin:/bin", "HOME": folder, "TMPDIR": folder, "LANG": "C.UTF-8",
                       "SOURCE": str(SOURCE), "BUILD": str(build), **own.sanitizers()}
        done = subprocess.run(["bash", "-c", script_of(name, lines, folder)], cwd=folder, stdin=subprocess.DEVNULL,
                              check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=TIMEOUT,
                              env=environment)
    text = worlds.as_shown(done.stdout.decode("utf-8", "backslashreplace"), folder)
    said = re.findall(rf"(.*?)^{MARK}(\d+)\n", text, re.M | re.S)
    if len(said) != len(lines) + 1:
        raise EndedEarly(text)
    return [(what, int(status)) for what, status in said[1:]]


def verdict(line, text, status):
    """What is wrong with what came of a line; None when nothing is."""
    if line.mention and status == USAGE and re.search(r"error: .* (is missing|are needed|needs a value).*E-ARG-", text):
        return None
    if line.parsed_only:
        # A version that only the plugin has is no fault of the line.
        wrong = "[E-ARG-" in text and "error: there is no format version" not in text
        return "the command line is wrong" if wrong else None
    if status != line.ends_with:
        return f"ended with {status}"
    if line.shown is not None and not matches(line.shown, text):
        return "said something else than\n" + "\n".join(line.shown)
    return None


def kind_of(line, status):
    if line.shown is not None:
        return "run and compared"
    return "run" if status == line.ends_with and not line.parsed_only else "parsed"


def judge(page, build):
    """Runs a page's lines; its problems are complete then."""
    if not page.lines:
        return page
    try:
        results = session(page.name, page.lines, build)
    except EndedEarly as error:
        page.complain(1, f"the session has ended too early:\n{error}")
        return page
    for line, (text, status) in zip(page.lines, results):
        problem = verdict(line, text, status)
        page.counts[kind_of(line, status)] += 1
        if problem:
            page.problems.append(f"{line.place}: {problem}\n  {line.text}\nsaid\n{text}")
    return page


def page_files():
    return [SOURCE / "README.md", SOURCE / "CONTRIBUTING.md", *sorted((SOURCE / "docs").rglob("*.md")),
            *sorted((SOURCE / "examples").rglob("*.md"))]


def pages_of(options, binary):
    for path in options.pages or page_files():
        yield Page(path.resolve().relative_to(SOURCE).as_posix(), path.read_text(), binary)
    if not options.pages:
        for command in [(), *sorted(binary.all_commands())]:
            yield help_page(command, binary)


def help_page(command, binary):
    """The examples in the help of a command, as a page of their own."""
    name = " ".join(["stateferry", *command, "--help"])
    examples = binary.examples(*command)
    page = Page(name, "\n".join(["```sh", *examples, "```"]), binary)
    if not examples:
        page.complain(1, "there is no example")
    return page


def test_itself(binary, build):
    page = judge(Page("mistakes.md", self_test.PAGE, binary), build)
    differences = list(self_test.differences(page.problems, page.name))
    print("\n".join(differences) or f"all {len(self_test.EXPECTED)} mistakes were found")
    return 1 if differences else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--self-test", action="store_true")
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("pages", type=pathlib.Path, nargs="*")
    options = parser.parse_args()
    build = options.build.resolve(strict=True)
    binary = own.Binary(build / "bin" / "stateferry")
    if options.self_test:
        return test_itself(binary, build)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        pages = list(pool.map(lambda page: judge(page, build), pages_of(options, binary)))
    counts = sum((page.counts for page in pages), collections.Counter())
    problems = [problem for page in pages for problem in page.problems]
    for problem in problems:
        print("FAILED", problem)
    print(f"{len(pages)} pages: " + ", ".join(f"{count} {what}" for what, count in sorted(counts.items())) +
          f"; {len(problems)} failed")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
