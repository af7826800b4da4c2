"""What a page holds of command lines: fenced blocks and inline code, in the order of the page."""

import dataclasses
import re

FENCE = re.compile(r"^( *)```(\w*)\s*$")
INLINE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")


@dataclasses.dataclass
class Block:
    """A fenced block; `line` is that of its first line of text."""

    language: str
    lines: list
    line: int


@dataclasses.dataclass
class Inline:
    """Code within a sentence or a table."""

    text: str
    line: int


@dataclasses.dataclass
class Indented:
    """A line that Markdown takes for code because of four blanks in front."""

    text: str
    line: int


def parts(text):
    found, block, margin, before, in_list = [], None, "", "", False
    for number, line in enumerate(text.splitlines(), 1):
        fence = FENCE.match(line)
        if block is not None:
            if fence and not fence[2]:
                found.append(block)
                block = None
            else:
                block.lines.append(line.removeprefix(margin))
            continue
        if fence:
            block, margin = Block(fence[2], [], number + 1), fence[1]
        elif line.startswith("    ") and not before.strip() and not in_list:
            found.append(Indented(line.strip(), number))
        else:
            found += [Inline(code[1].replace("\\|", "|"), number) for code in INLINE.finditer(line)]
        if line.strip():
            in_list = re.match(r" *([-*]|\d+\.) ", line) is not None or (in_list and line.startswith(" "))
        before = line
    assert block is None, f"a block has no end, begun at line {block.line}" if block else ""
    return found
