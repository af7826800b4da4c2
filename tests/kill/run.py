#!/usr/bin/env python3
"""Kills a move of 2,000 files at 50 random moments and lets the same command go on.

usage: run.py BINARY [--kills N] [--seed N]

After each kill: if _metadata stands at the target, then all files do, too. After the rerun the target is
the same, byte for byte, as that of a move that nobody disturbed. At least four of five kills must hit
while files are being copied, by the word of the journal. Works in a temporary folder (TMPDIR).
"""

import argparse
import hashlib
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time

SOURCE = pathlib.Path(__file__).resolve().parent.parent.parent
FILES = 2000


def contents(folder):
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest()
            for p in sorted(folder.rglob("*")) if p.is_file()}


class Trial:
    def __init__(self, binary, folder):
        self.binary = binary
        self.folder = folder
        self.source = folder / "old"
        self.target = folder / "new"
        self.journal = folder / "journal"
        self.environment = dict(os.environ, HOME=str(folder))

    def command(self):
        return [self.binary, "move", "-q", "--journal", str(self.journal),
                str(self.source / "chk-1"), str(self.target)]

    def clear(self):
        shutil.rmtree(self.target, ignore_errors=True)
        self.journal.unlink(missing_ok=True)

    def rows_done(self):
        """Rows that the journal has, and whether it has ended; None without a journal."""
        try:
            lines = self.journal.read_bytes().split(b"\n")
        except FileNotFoundError:
            return None
        return sum(line.isdigit() for line in lines[1:]), b"end" in lines

    def run(self):
        subprocess.run(self.command(), env=self.environment, check=True)

    def kill(self, when):
        """Starts a move and kills it as soon as `when()` holds. False when it was over before."""
        process = subprocess.Popen(self.command(), env=self.environment)
        while process.poll() is None and not when():
            time.sleep(0.0005)
        process.kill()
        return process.wait() != 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=None)
    options = parser.parse_args()
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(10**6)
    print(f"seed {seed}", flush=True)
    moments = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="stateferry-kill-") as name:
        trial = Trial(os.path.abspath(options.binary), pathlib.Path(name))
        subprocess.run([sys.executable, str(SOURCE / "tests" / "support" / "make_snapshot.py"),
                        str(trial.source), str(FILES), "--size", "16384"], check=True)
        started = time.monotonic()
        trial.run()
        whole = time.monotonic() - started
        wanted = contents(trial.target)
        assert len(wanted) == FILES + 1
        before = contents(trial.source)
        kills = in_copy = early = 0
        while kills < options.kills:
            trial.clear()
            if kills % 10 == 9:  # any moment at all
                until = time.monotonic() + moments.uniform(0, whole)
                hit = trial.kill(lambda: time.monotonic() >= until)
            else:
                rows = moments.randrange(1, FILES)
                hit = trial.kill(lambda: (trial.rows_done() or (0, False))[0] >= rows)
            if not hit:
                continue
            kills += 1
            state = trial.rows_done()
            in_copy += state is not None and 0 < state[0] < FILES and not state[1]
            early += state is None or state[0] == 0
            there = contents(trial.target) if trial.target.exists() else {}
            if "chk-1/_metadata" in there:
                assert there == wanted, "there is a _metadata before the files are complete"
            for path, digest in there.items():
                assert wanted.get(path) == digest, f"{path} stands there and is not whole"
            trial.run()
            assert contents(trial.target) == wanted, "the rerun made something else"
            assert not trial.journal.exists()
        assert contents(trial.source) == before, "the source was changed"
    print(f"{kills} kills, {in_copy} of them while files were copied, {early} before; a move takes {whole:.2f} s")
    assert in_copy * 5 >= kills * 4, "too few kills hit while files were copied: run it again"
    return 0


if __name__ == "__main__":
    sys.exit(main())
