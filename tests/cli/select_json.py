#!/usr/bin/env python3
"""Prints values of the JSON document on stdin: select_json.py .written .steps.0.id"""

import json
import sys


def reject_duplicates(pairs):
    names = [name for name, _ in pairs]
    if len(names) != len(set(names)):
        raise ValueError(f"a member is there twice: {names}")
    return dict(pairs)


def select(value, path):
    for part in path.split(".")[1:]:
        value = value[int(part)] if isinstance(value, list) else value[part]
    return value


def main():
    document = json.load(sys.stdin, object_pairs_hook=reject_duplicates)
    for path in sys.argv[1:]:
        value = select(document, path)
        print(value if isinstance(value, str) else json.dumps(value))


if __name__ == "__main__":
    main()
