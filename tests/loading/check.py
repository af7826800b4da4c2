#!/usr/bin/env python3
"""Shows that nothing is loaded from the working directory or by a relative path.

  check.py FOLDER [--no-run] [--compiler CXX]

FOLDER is a build tree or an installation. Each RPATH and RUNPATH of each ELF file in it may name folders inside of
FOLDER only, from the file's own place ($ORIGIN): no empty element, no `.`, nothing relative, no folder of others. No
needed library is named by a path.

Then bin/stateferry is run in a folder where libraries of ours lie under the names of all that it needs. None of them may
be loaded; that they would tell is shown by a run with that folder in LD_LIBRARY_PATH. --no-run leaves that out, for
folders without the binary.

Needs readelf and a compiler. Works in a temporary folder and leaves nothing behind.
"""

import argparse
import os
import pathlib
import re
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(__file__).resolve().parent.parent.parent
EXECUTABLE_OR_SHARED = (2, 3)  # e_type; 1 is an object file, which nobody loads
TELLTALE = "planted-was-loaded"
PLANTED = f"""
#include <fcntl.h>
#include <unistd.h>
__attribute__((constructor)) static void tell() {{ close(open("{TELLTALE}", O_CREAT | O_WRONLY, 0600)); }}
"""


class Failure(Exception):
    """What is wrong, in words."""


def loadable(path):
    """Whether a file is a program or a shared library."""
    if path.is_symlink() or not path.is_file():
        return False
    with path.open("rb") as file:
        start = file.read(18)
    return start[:4] == b"\x7fELF" and int.from_bytes(start[16:18], "little") in EXECUTABLE_OR_SHARED


def dynamic_section(path):
    """(runpath elements, needed libraries) of an ELF file; without a RUNPATH there are no elements."""
    said = subprocess.run(["readelf", "-dW", path], check=True, capture_output=True, text=True,
                          env={**os.environ, "LC_ALL": "C"}).stdout
    paths = re.findall(r"\((?:RPATH|RUNPATH)\).*\[(.*)\]$", said, re.M)
    needed = re.findall(r"\(NEEDED\).*\[(.*)\]$", said, re.M)
    return [element for text in paths for element in text.split(":")], needed


def wrong_with(element, file, tree):
    """What is wrong with an element of a RUNPATH of `file`, or nothing."""
    if element == "":
        return "an empty element, which is the working directory"
    if element.startswith("/"):
        folder = pathlib.Path(os.path.normpath(element))
    elif element == "$ORIGIN" or element.startswith("$ORIGIN/"):
        folder = pathlib.Path(os.path.normpath(element.replace("$ORIGIN", str(file.parent), 1)))
    else:
        return "it is relative to the working directory"
    return "" if folder.is_relative_to(tree) else f"a folder outside of {tree}"


def show_that_it_would_tell():
    """What must be refused is, before anything is believed."""
    tree = pathlib.Path("/b")
    for element, accepted in (("$ORIGIN", True), ("$ORIGIN/../lib", True), ("/b/lib", True), ("", False), (".", False),
                              ("lib", False), ("$ORIGINAL", False), ("$ORIGIN/../../lib", False), ("/bb/lib", False),
                              ("/b/../lib", False)):
        assert (wrong_with(element, tree / "bin" / "x", tree) == "") == accepted, element


def check_elf_files(tree):
    """Looks at all ELF files; returns how many there are, and the names of all libraries that they need."""
    problems, names, count = [], set(), 0
    for path in filter(loadable, sorted(tree.rglob("*"))):
        count += 1
        elements, needed = dynamic_section(path)
        names.update(needed)
        wrong = [(element, wrong_with(element, path, tree)) for element in elements]
        problems += [f"{path}: RUNPATH element '{element}': {why}" for element, why in wrong if why]
        problems += [f"{path}: needs '{name}', which is a path" for name in needed if "/" in name]
    if problems:
        raise Failure("\n".join(problems + ["(files of an older build? remove them, or build anew)"]))
    return count, names


def plant(folder, names, library):
    folder.mkdir()
    for name in names:
        (folder / name).symlink_to(library)


def run(command, folder, **variables):
    done = subprocess.run(command, cwd=folder, env={"PATH": "/usr/bin:/bin", "HOME": str(folder), **variables}, check=False,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return done.returncode, done.stdout


def stubs(tree):
    """Definitions of what is asked of libmd, which a program that binds all at its start wants to find."""
    said = subprocess.run(["nm", "-D", "--undefined-only", tree / "bin" / "stateferry", *tree.rglob("libstateferry.so")],
                          check=True, capture_output=True, text=True).stdout
    names = set(re.findall(r" U ((?:SHA|MD5)\w+)", said))
    return "".join(f'extern "C" void {name}() {{}}\n' for name in sorted(names))


def check_planted(tree, names, compiler):
    binary = tree / "bin" / "stateferry"
    with tempfile.TemporaryDirectory(prefix="stateferry-loading-") as temporary:
        scratch = pathlib.Path(temporary)
        source, library = scratch / "planted.cpp", scratch / "planted.so"
        source.write_text(PLANTED + stubs(tree))
        subprocess.run([compiler, "-shared", "-fPIC", "-o", library, source], check=True)
        control, planted = scratch / "control", scratch / "planted"
        plant(control, ["libmd.so.0"], library)
        run([binary, "--version"], control, LD_LIBRARY_PATH=str(control))
        if not (control / TELLTALE).exists():
            raise Failure("the planted library isn't loaded even where LD_LIBRARY_PATH names it: this shows nothing")
        plant(planted, names | {"libmd.so.0"}, library)
        rules = SOURCE / "rules" / "samples" / "bucket-to-bucket.yaml"
        snapshot = SOURCE / "examples" / "snapshots" / "2.3.0-inc"
        for arguments in (["--version"], ["plugins", "list"], ["inspect", snapshot],
                          ["convert", "--dry-run", "-r", rules, "--set", "from=s3://bucket-old/flink",
                           "--set", "to=s3://new/flink", snapshot]):
            status, said = run([binary, *arguments], planted)
            if (planted / TELLTALE).exists():
                raise Failure(f"stateferry {arguments[0]} has loaded a library from the working directory")
            if status != 0:
                raise Failure(f"stateferry {arguments[0]} ended with {status}:\n{said}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--no-run", action="store_true")
    parser.add_argument("--compiler", default="c++")
    options = parser.parse_args()
    tree = options.folder.resolve(strict=True)
    show_that_it_would_tell()
    try:
        count, names = check_elf_files(tree)
        if count == 0:
            raise Failure(f"there are no ELF files in {tree}")
        if not options.no_run:
            check_planted(tree, names, options.compiler)
    except Failure as failure:
        print(f"FAILED: {failure}")
        return 1
    print(f"{count} ELF files look for libraries in {tree} only")
    return 0


if __name__ == "__main__":
    sys.exit(main())
