#!/usr/bin/env python3
"""Writes the damaged snapshots plugins/codecs/v<N>/golden/errors/*.bin.

Each is a small valid snapshot with one thing wrong, which its name says. What must be told of it
stands in the .txt file beside it; golden_test writes those when STATEFERRY_UPDATE_GOLDEN=1 is set.

usage: tests/conformance/make_damaged.py [ROOT]
"""
import struct
import sys
from pathlib import Path


def u8(n):
    return struct.pack(">B", n)


def i32(n):
    return struct.pack(">i", n)


def i64(n):
    return struct.pack(">q", n)


def utf(text):
    data = text if isinstance(text, bytes) else text.encode()
    return struct.pack(">H", len(data)) + data


def blob(data):
    return i32(len(data)) + data


def listed(*elements):
    return i32(len(elements)) + b"".join(elements)


NULL_PROPERTIES = bytes.fromhex("ACED000570")
NONE = u8(0)


def inline(data=b"state", name="name"):
    return u8(1) + utf(name) + blob(data)


def file(path="s3://bucket/file", size=5):
    return u8(2) + i64(size) + utf(path)


def key_groups(start=0, offsets=(0, 9), count=None, delegate=None):
    body = i32(start) + i32(len(offsets) if count is None else count)
    return u8(3) + body + b"".join(map(i64, offsets)) + (delegate or file())


def operator_states(delegate=None, mode=0, offsets=(0,)):
    states = listed(utf("state") + u8(mode) + listed(*map(i64, offsets)))
    return u8(4) + states + (delegate or file())


def merged_operator_states(delegate, empty=0):
    return u8(17) + listed() + utf("file:/owned") + utf("file:/shared") + u8(empty) + delegate


def segment(start=0, size=5, scope=0):
    return u8(15) + i64(start) + i64(size) + i32(scope) + utf("file:/segment") + utf("logical")


def channel(offsets=(0,), size=5, delegate=None, subtask=0, info=(0, 0)):
    return (i32(subtask) + i32(info[0]) + i32(info[1]) + listed(*map(i64, offsets)) + i64(size)
            + (delegate or file()))


def merged_channel(packed, length=None):
    body = i32(0) + i64(5) + file()
    return body + i32(len(packed) if length is None else length) + packed


def incremental(shared=b"", tag=11):
    return (u8(tag) + i64(1) + utf("backend") + i32(0) + i32(2) + i64(-1) + file()
            + (shared or listed()) + listed() + utf("handle-id"))


def byte_changelog(start=0, end=1):
    return u8(9) + i32(0) + i32(2) + i64(start) + i64(end) + listed() + utf("handle-id")


def changelog(*logs):
    return (u8(14) + i32(0) + i32(2) + i64(-1) + listed() + listed(*logs) + i64(0) + i64(1)
            + utf("handle-id"))


def master_state(length=None, magic=0xC96B1696):
    body = i32(1) + utf("hook") + blob(b"payload")
    return struct.pack(">I", magic) + i32(len(body) if length is None else length) + body


def state(version, managed=NONE, operator=None, present=None, inputs=None, outputs=None, end=b""):
    """The state of one subtask; `managed` is keyed state, `operator` operator state."""
    if version == 1:
        return i64(-1) + listed(NONE) + listed(operator or NONE) + listed(NONE) + managed + NONE
    text = b""
    if version == 2:
        text += i64(-1) + i32(0)
    if present is None:
        present = 1 if operator else 0
    text += i32(present) + (operator or b"") + i32(0) + managed + NONE
    if version >= 3:
        text += (inputs or listed()) + (outputs or listed())
    if version >= 7:
        text += end or u8(0)
    return text


def operator(version, *subtasks, name="name", uid="uid", parallelism=2, maximum=128,
             coordinator=NONE, count=None):
    text = utf(name) + utf(uid) if version >= 5 else b""
    text += bytes(range(16)) + i32(parallelism) + i32(maximum)
    text += i32(1) if version <= 2 else coordinator
    return text + i32(len(subtasks) if count is None else count) + b"".join(subtasks)


def snapshot(version, *operators, masters=(), checkpoint=1, count=None, properties=NULL_PROPERTIES):
    text = struct.pack(">I", 0x4960672D) + i32(version) + i64(checkpoint)
    if version >= 2:
        text += listed(*masters)
    text += i32(len(operators) if count is None else count) + b"".join(operators)
    return text + (properties if version >= 4 else b"")


def simple(version, index=0, **kwargs):
    return snapshot(version, operator(version, i32(index) + state(version, **kwargs)))


def of_version_1():
    good = simple(1, managed=key_groups())
    yield "cut-in-path", good[:-6]
    yield "trailing-byte", good + b"\0"
    yield "negative-operator-count", snapshot(1, count=-1)
    yield "huge-operator-count", snapshot(1, count=0x7FFFFFFF)
    yield "negative-chain-list", good.replace(i64(-1) + i32(1), i64(-1) + i32(-2), 1)
    yield "relative-file", simple(1, managed=key_groups(delegate=u8(6) + utf("file") + i64(5)))
    yield "negative-subtask-index", simple(1, index=-1)


def of_version_2():
    good = simple(2, managed=key_groups())
    yield "cut-in-offsets", good[:97]
    yield "negative-checkpoint-id", snapshot(2, checkpoint=-1)
    yield "master-state-too-short", snapshot(2, masters=[master_state(length=20)])
    yield "master-state-too-long", snapshot(2, masters=[master_state(length=22)])
    yield "master-state-length-0", snapshot(2, masters=[master_state(length=0)])
    yield "master-state-beyond-end", snapshot(2, masters=[master_state(length=999)])
    yield "master-state-magic", snapshot(2, masters=[master_state(magic=0xC96B1697)])
    yield "presence-marker-2", simple(2, operator=operator_states(), present=2)
    yield "fully-finished", snapshot(2, operator(2, count=-1))
    yield "negative-subtask-index", simple(2, index=-1)
    yield "duplicate-subtask", snapshot(2, operator(2, *[i32(1) + state(2)] * 2))


def of_version_3():
    yield "cut-in-channels", simple(3, inputs=listed(channel()))[:-12]
    yield "subtasks-minus-2", snapshot(3, operator(3, count=-2))
    yield "finished-with-coordinator", snapshot(3, operator(3, coordinator=inline(), count=-1))
    yield "coordinator-in-file", snapshot(3, operator(3, coordinator=file()))
    yield "channel-delegate-null", simple(3, inputs=listed(channel(delegate=NONE)))
    yield "operator-delegate-null", simple(3, operator=operator_states(delegate=NONE))
    yield "keyed-tag-as-operator-state", simple(3, operator=key_groups())
    yield "trailing-bytes", simple(3) + b"\0\1\2"


def of_version_4():
    good = simple(4, managed=key_groups())
    yield "cut-properties", good[:-1]
    yield "no-properties", good[:-5]
    yield "properties-not-java", good[:-5] + b"hello"
    yield "properties-unknown-code", good[:-1] + u8(0x6F)
    yield "trailing-byte", good + b"\0"
    yield "tag-18", simple(4, managed=u8(18) + key_groups()[1:])
    yield "tag-255", simple(4, managed=u8(255))
    huge = u8(4) + listed(utf("state") + u8(0) + i32(0x7FFFFFFF)) + file()
    yield "huge-offset-count", simple(4, operator=huge)
    yield "log-in-log", simple(4, managed=changelog(changelog()))
    yield "key-groups-as-log", simple(4, managed=changelog(key_groups()))
    yield "log-ends-before-0", simple(4, managed=byte_changelog(end=-1))
    nested = file()
    for _ in range(20):
        nested = key_groups(offsets=(), delegate=nested)
    yield "key-groups-nested-20-deep", simple(4, managed=nested)


def of_version_5():
    yield "name-not-utf", snapshot(5, operator(5, name=b"na\xc3"))
    yield "uid-with-four-byte-utf", snapshot(5, operator(5, uid="\U0001F600"))
    longer = struct.pack(">H", 9999) + b"name"
    yield "name-longer-than-file", snapshot(5, operator(5)).replace(utf("name"), longer)
    yield "parallelism-above-maximum", snapshot(5, operator(5, parallelism=129))
    yield "negative-parallelism", snapshot(5, operator(5, parallelism=-1))
    yield "maximum-above-32768", snapshot(5, operator(5, maximum=32769))
    yield "index-above-parallelism", simple(5, index=2)
    yield "key-groups-beyond-32768", simple(5, managed=key_groups(start=32767))
    yield "negative-key-group-count", simple(5, managed=key_groups(offsets=(), count=-1))
    yield "offset-minus-2", simple(5, managed=key_groups(offsets=(0, -2)))
    yield "file-size-minus-2", simple(5, managed=key_groups(delegate=file(size=-2)))
    yield "path-not-utf", simple(5, managed=key_groups(delegate=file(path=b"s3://b/\xff")))
    yield "negative-data-length", simple(
        5, managed=key_groups(delegate=inline().replace(i32(5), i32(-5), 1)))
    yield "mode-3", simple(5, operator=operator_states(mode=3))


def of_version_6():
    good = simple(6)
    packed = listed(i32(0) + i32(1) + i64(5) + listed(i64(0)))
    yield "cut-header", good[:7]
    yield "cut-magic", good[:3]
    yield "channel-type-9", simple(6, inputs=listed(u8(9) + channel()))
    yield "output-type-in-input", simple(6, inputs=listed(u8(2) + channel()))
    short = merged_channel(packed, length=len(packed) - 1)
    yield "packed-too-short", simple(6, inputs=listed(u8(3) + short))
    yield "packed-too-long", simple(6, outputs=listed(u8(4) + merged_channel(packed + b"\0")))
    yield "channel-index-minus-1", simple(6, inputs=listed(u8(1) + channel(info=(0, -1))))
    yield "channel-offset-minus-1", simple(6, outputs=listed(u8(2) + channel(offsets=(-1,))))
    yield "scope-2", simple(6, operator=merged_operator_states(segment(scope=2)))
    yield "empty-flag-2", simple(6, operator=merged_operator_states(u8(16), empty=2))
    yield "segment-delegate-is-file", simple(6, operator=merged_operator_states(file()))
    yield "negative-segment-start", simple(6, managed=key_groups(delegate=segment(start=-1)))
    shared = incremental(listed(utf("000001.sst") + file()))
    yield "cut-in-shared-files", simple(6, managed=shared)[:148]


def of_version_7():
    yield "marker-2", simple(7, end=u8(2))
    yield "cut-behind-marker", simple(7, end=u8(1))[:-5]


def main():
    default = Path(__file__).resolve().parents[2]
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else default
    for version in range(1, 8):
        folder = root / f"plugins/codecs/v{version}/golden/errors"
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob("*.bin"):
            old.unlink()
        for name, data in globals()[f"of_version_{version}"]():
            (folder / f"{name}.bin").write_bytes(data)


if __name__ == "__main__":
    main()
