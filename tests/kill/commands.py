#!/usr/bin/env python3
"""Ends commands at random moments, by kill -9, SIGTERM and SIGINT, and lets the same command go on.

usage: commands.py BINARY WORK [--kills N] [--seed N] [--only CASE...]

Commands: convert --in-place, self-contain, copy, move, move --delete-source; move between buckets of a real S3 server
with rclone as the child. WORK is a folder where that server is built once and kept (tests/s3). After each end:

- no process of the run is left, rclone included;
- a signal that can be handled was: a message says that the run was stopped, and the status is that of the signal;
- every file of the source is whole, or, where it is deleted, all is at the target; what is at the target is whole; where
  _metadata is, all is; no file was left that is neither; in place there is the old file or the new one, and the old one
  as a backup beside the new one;
- the same command succeeds, and leaves what an undisturbed one leaves.

Needs rclone, and Go for the server. Works in a temporary folder (TMPDIR). Prints FAILED lines, then passed=N failed=N
skipped=N: a kill is a test.
"""

import argparse
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

SOURCE = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(SOURCE / "tests" / "s3"))

from server import KEY, SECRET, Server, server_program  # noqa: E402  pylint: disable=wrong-import-position

SIGNALS = [signal.SIGKILL, signal.SIGTERM, signal.SIGINT]
RULES = """rules: "v1"
steps:
  - id: move
    uses: uri.replace-prefix
    with: {from: "file:FOLDER/old", to: "s3://bucket/new"}
"""


def make_snapshot(folder, files, *more):
    subprocess.run([sys.executable, str(SOURCE / "tests/support/make_snapshot.py"), str(folder), str(files), *more],
                   check=True)


class World:
    """The folder that a command works in, and what it is made from each time."""

    files = 300

    def __init__(self, binary, folder, name, arguments, work=None):
        self.binary = binary
        self.name = name
        self.arguments = arguments
        self.start = folder / "start"
        self.folder = folder / "world"
        self.environment = {"PATH": os.environ["PATH"], "HOME": str(self.folder / "home")}
        self.server = None
        (self.folder / "home").mkdir(parents=True)
        if work is not None:
            self.serve(server_program(work))
        elif name == "in-place":
            make_snapshot(self.folder / "old", 40000, "--no-data")
            (self.folder / "rules.yaml").write_text(RULES.replace("FOLDER", str(self.folder)))
        else:
            make_snapshot(self.folder / "old", self.files, "--size", "32768")
        if name == "copy":
            done = self.run(["plan", "old/chk-1", "new"])
            (self.folder / "plan.csv").write_bytes(done.stdout)
        shutil.copytree(self.folder, self.start)
        self.before = self.tree()
        started = time.monotonic()
        done = self.run(self.arguments)
        assert done.returncode == 0, done.stderr.decode()
        self.seconds = time.monotonic() - started
        self.after = self.tree()

    def serve(self, program):
        """The buckets are folders of the world; their server sees what is put there."""
        self.server = Server(program, self.folder / "buckets")
        make_snapshot(self.server.bucket("old") / "job", 12, "--root", "s3://old/job", "--size", "200000")
        self.server.bucket("new")
        (self.folder / "config.yaml").write_text(
            "remotes:\n"
            f"  s3: {{provider: Other, endpoint: 'http://127.0.0.1:{self.server.port}', region: us-east-1}}\n")
        self.environment.update(AWS_ACCESS_KEY_ID=KEY, AWS_SECRET_ACCESS_KEY=SECRET)

    def stop(self):
        if self.server:
            self.server.stop()

    def begin(self, arguments):
        return subprocess.Popen([self.binary, *arguments], cwd=self.folder, env=self.environment,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def run(self, arguments):
        process = self.begin(arguments)
        stdout, stderr = process.communicate(timeout=120)
        return subprocess.CompletedProcess(arguments, process.returncode, stdout, stderr)

    def tree(self):
        found = {}
        for path in self.folder.rglob("*"):
            name = str(path.relative_to(self.folder))
            if path.is_file() and not name.startswith(("home", "journal", "accounts")) and ".sgwtmp" not in name:
                found[name] = path.read_bytes()
        return found

    def renew(self):
        """As it was before, below folders that stay the same: the server has them open."""
        for name in self.tree().keys() - self.before.keys():
            (self.folder / name).unlink()
        for name, data in self.before.items():
            path = self.folder / name
            if not path.exists() or path.read_bytes() != data:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)
        if not self.server:
            shutil.rmtree(self.folder / "new", ignore_errors=True)
        (self.folder / "journal").unlink(missing_ok=True)
        shutil.rmtree(self.folder / "home")
        (self.folder / "home").mkdir()

    def handles(self, process):
        """Whether the process has its handler of SIGTERM by now."""
        try:
            status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
        except OSError:
            return False
        caught = next((line.split()[1] for line in status.splitlines() if line.startswith("SigCgt")), "0")
        return int(caught, 16) >> (signal.SIGTERM - 1) & 1 == 1

    def left_running(self):
        """Processes that have the world's environment."""
        mark = f"HOME={self.folder}/home".encode()
        left = []
        for process in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                if mark in (process / "environ").read_bytes().split(b"\0"):
                    left.append((process / "cmdline").read_bytes()[:80])
            except OSError:
                pass
        return left

    def kill(self, by, moment):
        """Returns what is wrong, or None; and whether the command was still running."""
        self.renew()
        process = self.begin(self.arguments)
        if by != signal.SIGKILL:
            while process.poll() is None and not self.handles(process):
                time.sleep(0.0005)
        time.sleep(moment)
        hit = process.poll() is None
        process.send_signal(by)
        _, stderr = process.communicate(timeout=60)
        if process.returncode == 0:
            return None, False
        return self.judge(by, process.returncode, stderr.decode(errors="replace")), hit

    def judge(self, by, status, stderr):
        if status not in (-by, 128 + by):
            return f"status {status}: {stderr[-300:]}"
        if by != signal.SIGKILL and "stopped" not in stderr:
            return f"nothing says that it was stopped: {stderr[-300:]}"
        until = time.monotonic() + 3
        while self.left_running() and time.monotonic() < until:
            time.sleep(0.02)
        if self.left_running():
            return f"processes are left: {self.left_running()}"
        now = self.tree()
        wrong = self.judge_files(now)
        if wrong:
            return wrong
        complete = now == self.after
        done = self.run(self.arguments)
        if done.returncode != 0 and not (complete and self.name == "delete-source"):
            return f"it doesn't go on: {done.stderr.decode()[-300:]}"
        now = self.tree()
        return None if now == self.after else f"the rerun left something else: {sorted(now.keys() ^ self.after.keys())[:5]}"

    def judge_files(self, now):
        for name, data in now.items():
            allowed = [tree[name] for tree in (self.before, self.after) if name in tree]
            if not allowed and ".stateferry-" in name and self.name == "delete-source":
                continue  # a marker of the proof that two places are two
            if data not in allowed:
                return f"{name} is half, or was left"
        missing = [name for name in self.after if name not in now]
        gone = [name for name in self.before if name not in now]
        if gone and missing:
            return f"of the source is gone {gone[:3]}, and at the target is missing {missing[:3]}"
        if gone and self.name != "delete-source":
            return f"of the source is gone {gone[:3]}"
        new_pointers = [name for name in self.after if name.endswith("/_metadata") and name not in self.before]
        if missing and any(name in now for name in new_pointers):
            return f"there is a _metadata without {missing[:3]}"
        if self.name == "in-place" and now["old/chk-1/_metadata"] != self.before["old/chk-1/_metadata"] and \
                now.get("old/chk-1/_metadata.bak") != self.before["old/chk-1/_metadata"]:
            return "the old file is gone"
        return None


def cases(work):
    return {
        "in-place": (["convert", "-r", "rules.yaml", "--in-place", "old/chk-1"], None),
        "self-contain": (["self-contain", "old/chk-1", "new"], None),
        "copy": (["copy", "--journal", "journal", "plan.csv"], None),
        "move": (["move", "old/chk-1", "new"], None),
        "delete-source": (["move", "--delete-source", "old/chk-1", "new"], None),
        "s3": (["move", "--config", "config.yaml", "s3://old/job/chk-1", "s3://new"], work),
    }


def run_case(world, kills, moments):
    """Prints what is wrong; returns how many were wrong, and how many came too late."""
    wrongs = late = done = 0
    while done < kills:
        by = SIGNALS[done % len(SIGNALS)]
        moment = moments.uniform(0, world.seconds)
        wrong, hit = world.kill(by, moment)
        if not hit and not wrong:
            late += 1
            if late > 5 * kills + 10:
                break
            continue
        done += 1
        if wrong:
            wrongs += 1
            print(f"FAILED {world.name} {by.name} after {moment:.3f} s: {wrong}", flush=True)
    print(f"{world.name}: {done} kills, {late} more came too late; undisturbed it takes {world.seconds:.2f} s", flush=True)
    return done, wrongs


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary", type=os.path.abspath)
    parser.add_argument("work", type=pathlib.Path)
    parser.add_argument("--kills", type=int, default=10, help="of each command")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--only", nargs="*", default=[])
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    passed = failed = 0
    for name, (arguments, work) in cases(options.work.absolute()).items():
        if options.only and name not in options.only:
            continue
        moments = random.Random(f"{options.seed} {name}")
        with tempfile.TemporaryDirectory(prefix="stateferry-kill-") as folder:
            world = World(options.binary, pathlib.Path(folder).resolve(), name, arguments, work)
            try:
                done, wrongs = run_case(world, options.kills, moments)
            finally:
                world.stop()
        passed += done - wrongs
        failed += wrongs
    print(f"passed={passed} failed={failed} skipped=0")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
