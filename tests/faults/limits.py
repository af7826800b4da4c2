#!/usr/bin/env python3
"""Gives commands that read snapshots and rule files what is made to take time or memory.

usage: limits.py BINARY [--runs N] [--seed N] [--memory]

Golden files of up to 64 KiB (plugins/codecs/*/golden) are damaged at random: bits and bytes changed, counts and lengths
made large, parts repeated, left out and cut off. A command that reads one ends by itself within 2 seconds of processor
time, with 0 or with an error that has a code; never by a signal. --memory also gives it an address space of no more
than 4 times the file and 64 MiB (a release build; what has not enough memory then fails).
Rule files that grow by aliases, are nested deep, or hold expressions of unbounded size are refused, with a code.
Prints FAILED lines, then passed=N failed=N skipped=N. What failed is kept in build/limits.
"""

import argparse
import os
import pathlib
import random
import re
import resource
import struct
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(__file__).resolve().parent.parent.parent
SECONDS = 2
LARGEST = 64 << 10
READERS = [["inspect"], ["inspect", "--json"], ["dump"], ["dump", "--json"], ["scan"], ["verify"], ["diff"],
           ["convert", "--dry-run", "--reencode", "-r", "RULES"], ["convert", "--explain-target", "1.20"],
           ["rules", "init"]]
RULES = """rules: "v1"
steps:
  - id: move
    uses: uri.replace-prefix
    with: {from: "file:/a", to: "s3://bucket/new"}
"""


def damaged(data, chance):
    """One to eight changes of a file."""
    data = bytearray(data)
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(data)) if data else 0
        kind = chance.randrange(8)
        if kind == 0 and data:
            data[at] ^= 1 << chance.randrange(8)
        elif kind == 1 and data:
            data[at] = chance.choice((0, 1, 2, 5, 6, 127, 128, 255))
        elif kind == 2:
            data[at:at + 4] = struct.pack(">i", chance.choice((-1, 0, 1, 2, 255, 65535, len(data), 2**24, 2**31 - 1)))
        elif kind == 3:
            data[at:at + 8] = struct.pack(">q", chance.choice((-1, 0, 2**31, 2**40, 2**63 - 1)))
        elif kind == 4:
            data[at:at + 2] = struct.pack(">H", chance.choice((0, 1, 255, 32768, 65535)))
        elif kind == 5:
            part = data[at:at + chance.choice((1, 16, 256, 4096))]
            data[at:at] = part * chance.choice((1, 2, 50))
        elif kind == 6:
            del data[at:at + chance.choice((1, 4, 64, 1024))]
        else:
            del data[max(at, 16):]
    return bytes(data[:LARGEST])


def run(binary, arguments, folder, memory=None):
    def limit():
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if memory is not None:
            resource.setrlimit(resource.RLIMIT_AS, (memory, memory))

    environment = {"PATH": os.environ["PATH"], "HOME": str(folder)}
    return subprocess.run([binary, *map(str, arguments)], cwd=folder, env=environment, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, errors="replace", preexec_fn=limit, timeout=60, check=False)


def wrong_with(done):
    if done.returncode < 0 or done.returncode >= 126:
        return f"ended by signal {-done.returncode}"
    if done.returncode not in (0, 1) and not re.search(r"\[E-[A-Z0-9-]+\]", done.stderr):
        return "an error without a code"
    if "E-INTERNAL" in done.stderr or "E-PLUGIN-FAILED" in done.stderr:
        return "a fault of its own"
    if "E-SYSTEM" in done.stderr:
        return "not enough memory"
    return None


def hostile_rules():
    bomb = 'x-a0: &a0 ["x","x","x","x","x","x","x","x","x"]\n' + "".join(
        f"x-a{i}: &a{i} [{','.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 12))
    with_pattern = RULES.replace("replace-prefix", "replace-regex").replace('from: "file:/a", to:', 'pattern: "PATTERN", with:')
    yield "alias-bomb", 'rules: "v1"\n' + bomb + "steps: []\n"
    yield "alias-in-itself", 'rules: "v1"\nx-a: &a [*a]\nsteps: []\n'
    yield "deep-lists", 'rules: "v1"\nx-a: ' + "[" * 100000 + "]" * 100000 + "\n"
    yield "deep-maps", 'rules: "v1"\nx-a: ' + "{a: " * 50000 + "}" * 50000 + "\n"
    yield "deep-blocks", 'rules: "v1"\nx-a:\n' + "".join(" " * i + "a:\n" for i in range(1, 3000))
    yield "many-anchors", 'rules: "v1"\nx-a: ' + "".join(f"&a{i} [" for i in range(5000)) + "]" * 5000 + "\n"
    yield "open-quote", 'rules: "v1' + "x" * 60000
    for name, pattern in {"repeats": "((a{1000}){1000}){1000}", "nested": "(" * 5000 + "a" + ")" * 5000,
                          "classes": "[" * 30000, "alternatives": "|".join(["(a{900})"] * 3000)}.items():
        yield "regex-" + name, with_pattern.replace("PATTERN", pattern)


def check_rules(binary, folder):
    failed = passed = 0
    for name, text in hostile_rules():
        file = folder / f"{name}.yaml"
        file.write_text(text)
        done = run(binary, ["rules", "check", file], folder)
        wrong = wrong_with(done) or (done.returncode == 0 and "it was taken") or None
        if wrong:
            failed += 1
            print(f"FAILED rules/{name}: {wrong}: {done.stderr[-300:]}", flush=True)
        else:
            passed += 1
    return passed, failed


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary", type=os.path.abspath)
    parser.add_argument("--runs", type=int, default=300)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--memory", action="store_true")
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    chance = random.Random(options.seed)
    golden = sorted(f for f in SOURCE.glob("plugins/codecs/*/golden/*.bin") if 16 < f.stat().st_size <= LARGEST)
    kept = SOURCE / "build" / "limits"
    with tempfile.TemporaryDirectory(prefix="stateferry-limits-") as name:
        folder = pathlib.Path(name)
        (folder / "rules.yaml").write_text(RULES)
        passed, failed = check_rules(options.binary, folder)
        decoded = 0
        for k in range(options.runs):
            original = chance.choice(golden)
            file = folder / "_metadata"
            file.write_bytes(damaged(original.read_bytes(), chance))
            command = [word.replace("RULES", "rules.yaml") for word in chance.choice(READERS)]
            files = [original, file] if command == ["diff"] else [file]
            memory = 4 * file.stat().st_size + (64 << 20) if options.memory else None
            more = [folder / "out"] if "--dry-run" in command else []
            done = run(options.binary, [*command, *files, *more], folder, memory)
            decoded += done.returncode in (0, 1)
            wrong = wrong_with(done)
            if wrong is None:
                passed += 1
                continue
            failed += 1
            kept.mkdir(parents=True, exist_ok=True)
            (kept / f"{options.seed}-{k}.bin").write_bytes(file.read_bytes())
            print(f"FAILED run {k}, {' '.join(command)} of {original.name}: {wrong}: {done.stderr[-300:]}", flush=True)
    print(f"{options.runs} damaged files, of which {decoded} were read to the end")
    print(f"passed={passed} failed={failed} skipped=0")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
