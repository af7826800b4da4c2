#!/usr/bin/env python3
"""Writes the metadata of checkpoints of one made-up job, the same bytes for the same arguments: version 3, incremental,
with files that come and go as in a log-structured store. No state files: the page looks at none.

usage: make_job.py DIRECTORY SNAPSHOTS FILES [--hostile]

DIRECTORY gets chk-N/_metadata for each snapshot, the last of which needs about FILES files, and names.json for --uids.
With --hostile names of operators, directories and files are markup, script and characters that turn text around.
"""

import argparse
import json
import pathlib
import random
import struct
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
from make_snapshot import file_handle, i32, i64, named, text  # noqa: E402

NAMES = ["Source: orders", "enrich", "sessionize -> Filter", "joined", "top-k", "Sink: warehouse"]
WEIGHTS = [1, 8, 60, 24, 6, 1]
SUBTASKS = 4
HOSTILE = [
    "</script><script>window.owned=1</script>",
    "<img src=x onerror=\"window.owned=2\">",
    "</SCRIPT \n><svg/onload=window.owned=3>",
    "<!--<script>\u2028window.owned=4\u2029",
    "\u202eevil\u0007\u001b[2J&lt;b&gt;&amp;${window.owned=5}{{owned}}",
    "'\"><a href=javascript:window.owned=6>x</a>",
]


def uuid(rng):
    digits = f"{rng.getrandbits(128):032x}"
    return "-".join([digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]])


def keyed(subtask, checkpoint, meta, shared):
    return b"".join([b"\x05", i64(checkpoint), text("backend"), i32(16 * subtask), i32(16), file_handle(*meta),
                     named([(f"{i:06}.sst", path, size) for i, (path, size) in enumerate(shared)]), named([])])


def operator(number, subtasks):
    entries = b"".join(i32(i) + i32(0) + i32(0) + state + b"\x00" + i32(0) + i32(0)
                       for i, state in enumerate(subtasks))
    inline = b"\x01" + text("coordinator") + i32(24) + bytes(24)
    coordinator = inline if number == 0 else b"\x00"
    return b"".join([bytes([number]) * 16, i32(len(subtasks)), i32(64), coordinator, i32(len(subtasks)), entries])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("directory", type=pathlib.Path)
    parser.add_argument("snapshots", type=int)
    parser.add_argument("files", type=int)
    parser.add_argument("--hostile", action="store_true")
    options = parser.parse_args()
    rng = random.Random(7)
    root = "s3://bucket/flink/9c0f2d7e41aa4f0f8f21b5c84ab0b7d1"
    names = HOSTILE if options.hostile else NAMES
    middle = "<i>&lt;\u2028" if options.hostile else ""
    live = {(op, sub): [] for op in range(len(names)) for sub in range(SUBTASKS)}
    first = 1000 - options.snapshots + 1
    for at in range(options.snapshots):
        checkpoint = first + at
        wanted = options.files * (0.55 + 0.45 * (at + 1) / options.snapshots)
        operators = []
        for op in range(len(names)):
            subtasks = []
            for sub in range(SUBTASKS):
                files = live[op, sub]
                # A part of what was there is compacted away.
                files[:] = [file for file in files if rng.random() > 0.22]
                missing = int(wanted * WEIGHTS[op] / sum(WEIGHTS) / SUBTASKS) - len(files)
                for _ in range(max(1, missing)):
                    files.append((f"{root}/shared/{middle}{uuid(rng)}", int(64 * 2**20 * rng.betavariate(1.2, 4)) + 1))
                meta = (f"{root}/chk-{checkpoint}/{middle}{uuid(rng)}", 20000 + rng.randrange(4000))
                # One file that grows, as those of merged state do.
                grows = [(f"{root}/shared/{middle}grows", (at + 1) * 2**20)] if (op, sub) == (1, 0) else []
                subtasks.append(keyed(sub, checkpoint, meta, files + grows))
            operators.append(operator(op, subtasks))
        body = i64(checkpoint) + i32(0) + i32(len(operators)) + b"".join(operators)
        directory = options.directory / f"chk-{checkpoint}"
        directory.mkdir(parents=True, exist_ok=True)
        (directory / "_metadata").write_bytes(bytes.fromhex("4960672d") + struct.pack(">i", 3) + body)
    (options.directory / "names.json").write_text(json.dumps(
        [{"hash": f"{op:02x}" * 16, "uid": f"uid-{op}", "name": name} for op, name in enumerate(names)]))


if __name__ == "__main__":
    main()
