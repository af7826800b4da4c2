#!/usr/bin/env python3
"""Writes a snapshot of version 3 with as many files as wanted: an incremental checkpoint of one job.

usage: make_snapshot.py DIRECTORY FILES [--root URI] [--no-data] [--size BYTES] [--state FILE]

DIRECTORY gets chk-1/_metadata and, without --no-data, FILES files in shared/ of up to BYTES bytes.
The metadata says that they lie below URI (default: file:DIRECTORY). The coordinator's inline state
is the content of FILE; without it there is none.
"""

import argparse
import pathlib
import struct

SUBTASKS = 8


def i32(value):
    return struct.pack(">i", value)


def i64(value):
    return struct.pack(">q", value)


def text(value):
    data = value.encode("utf-8")
    return struct.pack(">H", len(data)) + data


def file_handle(path, size):
    return b"\x02" + i64(size) + text(path)


def named(files):
    return i32(len(files)) + b"".join(text(name) + file_handle(path, size)
                                      for name, path, size in files)


def incremental(subtask, files):
    """INCREMENTAL_KEY_GROUPS: the first file is the meta state, the others are shared."""
    (_, path, size), shared = files[0], files[1:]
    return b"".join([b"\x05", i64(1), text("backend"), i32(16 * subtask), i32(16),
                     file_handle(path, size), named(shared), named([])])


def subtask_state(index, files):
    keyed = incremental(index, files) if files else b"\x00"
    return i32(index) + i32(0) + i32(0) + keyed + b"\x00" + i32(0) + i32(0)


def inline(state):
    return b"\x01" + text("coordinator") + i32(len(state)) + state


def snapshot(files, coordinator):
    parts = [files[i::SUBTASKS] for i in range(SUBTASKS)]
    operator = b"".join([
        bytes.fromhex("0280cff30166c8fe8bb88cc69f845dc0"), i32(SUBTASKS), i32(16 * SUBTASKS),
        coordinator, i32(SUBTASKS), *(subtask_state(i, part) for i, part in enumerate(parts))])
    return bytes.fromhex("4960672d") + i32(3) + i64(1) + i32(0) + i32(1) + operator


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("directory", type=pathlib.Path)
    parser.add_argument("files", type=int)
    parser.add_argument("--root")
    parser.add_argument("--no-data", action="store_true")
    parser.add_argument("--size", type=int, default=4096)
    parser.add_argument("--state", type=pathlib.Path)
    options = parser.parse_args()
    directory = options.directory.absolute()
    root = options.root or f"file:{directory}"
    files = []
    for i in range(options.files):
        name = f"{i:06}-c45c587f-98ad-4833-9a39-f15ba614f5d1"
        size = 1 + i * 7919 % options.size
        files.append((f"{i:06}.sst", f"{root}/shared/{name}", size))
        if not options.no_data:
            (directory / "shared").mkdir(parents=True, exist_ok=True)
            (directory / "shared" / name).write_bytes((f"{i}." * size).encode("ascii")[:size])
    coordinator = inline(options.state.read_bytes()) if options.state else b"\x00"
    (directory / "chk-1").mkdir(parents=True, exist_ok=True)
    (directory / "chk-1" / "_metadata").write_bytes(snapshot(files, coordinator))


if __name__ == "__main__":
    main()
