#!/usr/bin/env python3
"""Writes sample/_metadata (or the file named): a small snapshot in format version 8, field by field."""

import pathlib
import struct
import sys


def i32(value):
    return struct.pack(">i", value)


def i64(value):
    return struct.pack(">q", value)


def text(value):
    """As Java's writeUTF; the texts here are ASCII."""
    return struct.pack(">H", len(value)) + value.encode("ascii")


def file_handle(path, size):
    return b"\x02" + i64(size) + text(path)


def optional(value):
    """Version 8: a byte says whether a number follows."""
    return b"\x00" if value is None else b"\x01" + i64(value)


def keyed_state(start, groups, path, size, handle_id, expires_at=None):
    """KEY_GROUPS_V2: a range of key groups in one file, with the offset of each."""
    offsets = b"".join(i64(100 * group) for group in range(groups))
    handle = i32(start) + i32(groups) + offsets + file_handle(path, size) + text(handle_id)
    return b"\x0c" + handle + optional(expires_at)


def subtask(index, keyed):
    return b"".join([
        i32(index),
        i32(0),  # no managed operator state
        i32(0),  # no raw operator state
        keyed,
        b"\x00",  # no raw keyed state
        i32(0),  # no input channels
        i32(0),  # no output channels
        b"\x00",  # since version 7: no earlier checkpoint to refer to
    ])


def operator():
    root = "s3://bucket-old/flink/savepoint-1/"
    subtasks = [
        subtask(0, keyed_state(0, 2, root + "part-0", 200, "id-0", expires_at=1893456000000)),
        subtask(1, keyed_state(2, 2, root + "part-1", 200, "id-1")),
    ]
    return b"".join([
        text("keyed"),
        text("keyed-uid"),
        bytes.fromhex("0280cff30166c8fe8bb88cc69f845dc0"),  # Flink's hash of the uid
        i32(2),  # parallelism
        i32(4),  # maximum parallelism
        b"\x00",  # no coordinator
        i32(len(subtasks)),
        *subtasks,
    ])


def snapshot():
    return b"".join([
        bytes.fromhex("4960672d"),
        i32(8),
        i64(42),  # checkpoint id
        i32(0),  # no master states
        i32(1),
        operator(),
        bytes.fromhex("aced000570"),  # properties: a Java null
    ])


def main():
    default = pathlib.Path(__file__).parent / "sample" / "_metadata"
    path = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else default
    path.write_bytes(snapshot())


if __name__ == "__main__":
    main()
