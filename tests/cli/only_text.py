#!/usr/bin/env python3
"""Says whether files hold nothing but text that a terminal shows as it is, and an escape of what was not.

usage: only_text.py FILE…
"""

import sys

LINE_END = 0x0A
BIDI = {0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)}


def obeyed(code):
    """Whether a terminal may do something else than show the character."""
    return (code < 0x20 and code != LINE_END) or 0x7F <= code <= 0x9F or code in BIDI


def main():
    data = b"".join(open(name, "rb").read() for name in sys.argv[1:])
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        print(f"no UTF-8: {error}")
        return
    raw = sorted({f"U+{ord(c):04X}" for c in text if obeyed(ord(c))})
    if raw:
        print("RAW: " + " ".join(raw))
    else:
        print("escaped" if any(e in text for e in (r"\x1b", r"\u001b", r"\u202e")) else "NOTHING ESCAPED")


main()
