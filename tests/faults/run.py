#!/usr/bin/env python3
"""Fails one call after the other of commands that write, and looks what is left.

usage: run.py BINARY [--sample N] [--seed N] [--jobs N] [--only WORD...]

For each command (convert, in place and not; copy; move, also with --delete-source, and where another snapshot needs the
files; self-contain; adopt), on a disk that has all, one without nameless files, and one that also lacks renames that replace nothing and copies by the kernel, and
for each kind of call (tests/faults/fail_nth.c): the n-th call fails, for every n, in every way that such a call may; of
allocations one for each place that they come from. After each fault:

- the command has ended by itself, with 0 or with an error that has a code other than E-INTERNAL;
- every file of the source is as it was, or as the undisturbed command leaves it; of a source that is deleted nothing
  is gone before all is at the target;
- what stands at the target is what the undisturbed command puts there, and where _metadata is, everything is;
  nothing else was left behind (after a failed unlink: nothing but what wasn't unlinked);
- the same command, run again, succeeds, and leaves just what the undisturbed one leaves.

--sample N takes N of the faults at random; the log has the seed. --only takes those whose names, COMMAND/DISK/KIND/HOW/N,
have all of the words in them. Needs a C compiler. Works in a temporary folder (TMPDIR).
Prints FAILED lines, a table of tries, and passed=N failed=N skipped=N.
"""

import argparse
import collections
import concurrent.futures
import errno
import os
import pathlib
import random
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import threading

SOURCE = pathlib.Path(__file__).resolve().parent.parent.parent
FILES = 4
# How calls of each kind fail; with "+" all that come later do, too.
HOWS = {
    "open": ["EIO", "EMFILE", "EACCES", "EINTR", "ENOSPC", "EMFILE+"],
    "dir": ["EIO", "ENOMEM"],
    "read": ["EIO", "EINTR", "short", "short+"],
    "write": ["EIO", "ENOSPC", "EDQUOT", "EINTR", "short", "ENOSPC+", "short+"],
    "sync": ["EIO", "ENOSPC", "EINTR", "EIO+"],
    "rename": ["EIO", "ENOSPC", "EXDEV", "EIO+"],
    "link": ["EIO", "ENOSPC", "EDQUOT", "EMLINK", "EPERM", "EDQUOT+"],
    "unlink": ["EIO", "EACCES", "EIO+"],
    "copy": ["EIO", "ENOSPC", "EINTR", "short", "ENOSPC+"],
    "mmap": ["ENOMEM"],
    "truncate": ["EIO"],
    "close": ["EIO", "EINTR"],
    "stat": ["EIO", "EACCES"],
    "mkdir": ["ENOSPC", "EACCES"],
    "access": ["EIO", "EACCES"],
    "thread": ["EAGAIN"],
    "random": ["ENOSYS", "EINTR"],
    "memory": ["ENOMEM"],
}
DISKS = {"all": "", "named": "t", "plain": "trc"}
RULES = """rules: "v1"
steps:
  - id: move
    uses: uri.replace-prefix
    with: {from: "file:FOLDER/old", to: "s3://bucket/new"}
"""


class Command:
    """What is run, in a folder that `prepare` fills."""

    def __init__(self, name, arguments, prepare=lambda world: None, deletes=False):
        self.name = name
        self.arguments = arguments
        self.prepare = prepare
        self.deletes = deletes


def copied(world):
    shutil.copytree(world.folder / "old", world.folder / "new")


def shared(world):
    """Another checkpoint needs the same files."""
    shutil.copytree(world.folder / "old/chk-1", world.folder / "old/chk-2")


def planned(world):
    done = world.run(["plan", world.folder / "old/chk-1", world.folder / "new"])
    (world.folder / "plan.csv").write_text(done.stdout)


def commands():
    return [
        Command("convert", ["convert", "-r", "rules.yaml", "old/chk-1", "new", "--record", "record.json"]),
        Command("in-place", ["convert", "-r", "rules.yaml", "--in-place", "old/chk-1"]),
        Command("copy", ["copy", "-j", "1", "--journal", "journal", "plan.csv"], planned),
        Command("move", ["move", "-j", "1", "old/chk-1", "new"]),
        Command("delete-source", ["move", "-j", "1", "--delete-source", "old/chk-1", "new"], deletes=True),
        Command("delete-shared", ["move", "-j", "1", "--delete-source", "old/chk-1", "new"], shared, deletes=True),
        Command("self-contain", ["self-contain", "-j", "1", "old/chk-1", "new"]),
        Command("adopt", ["adopt", "--emit-rules", "rules.out", "new/chk-1"], copied),
    ]


class World:
    """A folder with a snapshot in it, made afresh for each fault at the same place."""

    def __init__(self, binary, library, folder):
        self.binary = binary
        self.library = library
        self.folder = folder / "world"
        self.told = folder / "told"
        self.sites = folder / "sites"
        self.start = folder / "start"
        self.command = None
        self.before = self.after = None

    def environment(self, **fault):
        return {"PATH": os.environ["PATH"], "HOME": str(self.folder / "home"), **fault}

    def run(self, arguments, **fault):
        if fault:
            fault["LD_PRELOAD"] = str(self.library)
        return subprocess.run([self.binary, *map(str, arguments)], cwd=self.folder, env=self.environment(**fault),
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", timeout=60,
                              check=False)

    def tree(self):
        found = {}
        for path in self.folder.rglob("*"):
            name = str(path.relative_to(self.folder))
            if path.is_dir():
                found[name] = None
            elif name not in ("record.json", "journal"):  # times are in them
                found[name] = path.read_bytes()
        return found

    def settle(self, command):
        """Makes the folder from which each run of `command` starts, and sees what an undisturbed one leaves."""
        self.command = command
        shutil.rmtree(self.start, ignore_errors=True)
        shutil.rmtree(self.folder, ignore_errors=True)
        (self.folder / "home").mkdir(parents=True)
        subprocess.run([sys.executable, str(SOURCE / "tests/support/make_snapshot.py"), str(self.folder / "old"),
                        str(FILES)], check=True)
        (self.folder / "rules.yaml").write_text(RULES.replace("FOLDER", str(self.folder)))
        command.prepare(self)
        shutil.copytree(self.folder, self.start)
        self.before = self.tree()
        done = self.run(command.arguments)
        assert done.returncode == 0, done.stderr
        self.after = self.tree()

    def renew(self):
        shutil.rmtree(self.folder)
        shutil.copytree(self.start, self.folder)

    def count(self, disk, kind):
        """How many calls there are, and, of allocations, the first of each place."""
        self.renew()
        more = {"FAIL_SITES": str(self.sites)} if kind == "memory" else {}
        done = self.run(self.command.arguments, FAIL_KIND=kind, FAIL_NTH="0", FAIL_WITHOUT=DISKS[disk],
                        FAIL_TOLD=str(self.told), **more)
        assert done.returncode == 0, done.stderr
        calls = int(self.told.read_text().split()[0])
        if kind != "memory":
            return list(range(1, calls + 1))
        data = self.sites.read_bytes()
        first = {}
        for n, (site,) in enumerate(struct.iter_unpack("=Q", data), 1):
            first.setdefault(site, n)
        return sorted(first.values())

    def fault(self, disk, kind, how, n):
        """Runs it with a fault; returns what is wrong with what came of it, or None; and whether there was a fault."""
        self.renew()
        word = how.removesuffix("+")
        done = self.run(self.command.arguments, FAIL_KIND=kind, FAIL_NTH=str(n), FAIL_WITHOUT=DISKS[disk],
                        FAIL_HOW=word if word == "short" else str(getattr(errno, word)),
                        FAIL_MORE="-1" if how.endswith("+") else "0", FAIL_TOLD=str(self.told))
        hit = self.told.exists() and int(self.told.read_text().split()[1]) > 0
        self.told.unlink(missing_ok=True)
        wrong = self.judge(done, kind) or self.judge_again(done, kind)
        if wrong:
            wrong += f"\nexit {done.returncode}: {done.stderr.strip()[-600:]}"
        return wrong and wrong.replace("\n", "\n    "), hit

    def judge(self, done, kind):
        # The C library's own end, where a thread's variables get no memory.
        ended = kind == "memory" and "cannot allocate memory for thread-local data" in done.stderr
        if (done.returncode < 0 or done.returncode >= 126) and not ended:
            return "it was ended by a signal"
        if done.returncode != 0 and not ended and not re.search(r"\[E-[A-Z0-9-]+\]", done.stderr):
            return "an error without a code"
        if "E-INTERNAL" in done.stderr:
            return "it takes a fault of the system for its own"
        now = self.tree()
        if done.returncode == 0:
            return self.compare(now, kind)
        gone = [name for name in self.before if now.get(name, b"") != self.before[name]
                and (name not in now or now[name] != self.after.get(name, b""))
                and (name in now or name in self.after)]
        if gone:
            return f"changed: {gone}"
        there = {name for name in now if name not in self.before and not name.startswith("home")}
        for name in sorted(there):
            if name in self.after:
                if now[name] != self.after[name]:
                    return f"{name} is half"
            elif not self.may_stay(name, kind):
                return f"{name} was left behind"
        missing = [name for name in self.after if name.startswith("new/") and name not in now]
        if missing and any(name.startswith("new/") and name.endswith("/_metadata") for name in there):
            return f"there is a _metadata without {missing}"
        if missing and self.command.deletes and any(name not in now for name in self.before):
            return f"the source was deleted without {missing}"
        return None

    @staticmethod
    def may_stay(name, kind):
        base = name.rpartition("/")[2]
        return name == "new" or kind == "unlink" and (".stateferry-" in base or base.endswith(".bak"))

    def compare(self, now, kind):
        """What is different from what an undisturbed run leaves."""
        for name in sorted(now.keys() | self.after.keys()):
            if name.startswith("home") or (name not in self.after and self.may_stay(name, kind)):
                continue
            if kind == "unlink" and name not in self.after and now[name] is None and \
                    all(self.may_stay(other, kind) for other in now if other.startswith(name + "/")):
                continue  # a directory that couldn't be removed, or holds what couldn't
            if now.get(name, b"") != self.after.get(name, b""):
                return f"{name} is not as it should be after a success"
        return None

    def judge_again(self, done, kind):
        complete = self.compare(self.tree(), kind) is None
        if complete and self.command.deletes:
            return None  # there is nothing left to move
        again = self.run(self.command.arguments)
        if again.returncode != 0:
            # What couldn't be said at the end was done nevertheless.
            if complete and "E-IO-EXISTS" in again.stderr:
                return None
            return f"the same command fails: {again.stderr.strip()[-400:]}"
        wrong = self.compare(self.tree(), kind)
        return wrong and "after the rerun " + wrong


def list_faults(world, only):
    faults = []
    for command in commands():
        if only and not any(word in command.name for word in only) and \
                any(word in c.name for c in commands() for word in only):
            continue
        world.settle(command)
        for disk in DISKS:
            for kind, hows in HOWS.items():
                for n in world.count(disk, kind):
                    for how in hows:
                        name = f"{command.name}/{disk}/{kind}/{how}/{n}"
                        if all(word in name for word in only):
                            faults.append((command.name, disk, kind, how, n))
    return faults


class Workers:
    """Worlds, one per thread."""

    def __init__(self, binary, library, folder):
        self.make = lambda k: World(binary, library, folder / str(k))
        self.local = threading.local()
        self.lock = threading.Lock()
        self.made = 0

    def world(self):
        if not hasattr(self.local, "world"):
            with self.lock:
                self.made += 1
                self.local.world = self.make(self.made)
                self.local.world.told.parent.mkdir()
        return self.local.world

    def run(self, fault):
        world = self.world()
        if world.command is None or world.command.name != fault[0]:
            world.settle(next(c for c in commands() if c.name == fault[0]))
        return world.fault(*fault[1:])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary", type=os.path.abspath)
    parser.add_argument("--sample", type=int)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--not-memory", action="store_true", help="leave allocations out")
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    tries, wrongs, hits = collections.Counter(), collections.Counter(), 0
    # In memory: what is made safe from a power failure is not at issue here, and costs most of the time.
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) and "TMPDIR" not in os.environ else None
    with tempfile.TemporaryDirectory(prefix="stateferry-faults-", dir=memory) as name:
        folder = pathlib.Path(name)
        library = folder / "fail_nth.so"
        subprocess.run(["cc", "-std=gnu11", "-O1", "-Wall", "-Wextra", "-Werror", "-fPIC", "-shared", "-o", str(library),
                        str(SOURCE / "tests/faults/fail_nth.c"), "-ldl"], check=True)
        workers = Workers(options.binary, library, folder)
        faults = list_faults(workers.world(), options.only)
        if options.not_memory:
            faults = [fault for fault in faults if fault[2] != "memory"]
        print(f"{len(faults)} faults are to be had", flush=True)
        if options.sample is not None and options.sample < len(faults):
            chosen = set(random.Random(options.seed).sample(range(len(faults)), options.sample))
            faults = [fault for k, fault in enumerate(faults) if k in chosen]
        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            for fault, (wrong, hit) in zip(faults, pool.map(workers.run, faults)):
                tries[fault[2]] += 1
                hits += hit
                if wrong:
                    wrongs[fault[2]] += 1
                    print(f"FAILED {'/'.join(map(str, fault))}: {wrong}", flush=True)
    print("\n".join(f"{kind:10} {tries[kind]:6} tries {wrongs[kind]:4} wrong" for kind in HOWS))
    print(f"{hits} of {len(faults)} faults were met")
    print(f"passed={len(faults) - sum(wrongs.values())} failed={sum(wrongs.values())} skipped=0")
    return 1 if wrongs else 0


if __name__ == "__main__":
    sys.exit(main())
