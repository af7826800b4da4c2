"""Command lines taken apart as far as a page needs it; whether they are right shell is bash's word."""

import re
import shlex
import subprocess

OPERATORS = set("();<>|&\n")


def without_comments(text):
    """Without `# …` to the end of the line, where the shell takes it for a comment."""
    kept, quote, comment = [], "", False
    for at, sign in enumerate(text):
        if comment:
            comment = sign != "\n"
        elif quote:
            quote = "" if sign == quote else quote
        elif sign in "'\"":
            quote = sign
        elif sign == "#" and (at == 0 or text[at - 1] in " \t\n"):
            comment = True
        if not comment:
            kept.append(sign)
    return "".join(kept)


def is_whole(text):
    try:
        shlex.split(text)
    except ValueError:
        return False
    return not re.search(r"(\\|\||&&)$", without_comments(text).rstrip())


def statements(lines):
    """Pairs of a statement, which may have several lines, and the number of its first."""
    found, begun, first = [], [], 0
    for number, line in enumerate(lines):
        if not begun:
            first = number
        begun.append(line)
        if is_whole("\n".join(begun)):
            text = "\n".join(begun)
            if without_comments(text).strip():
                found.append((text, first))
            begun = []
    if begun:
        found.append(("\n".join(begun), first))
    return found


def simple_commands(statement):
    """The words of each command in a statement: of lists, pipelines and substitutions of processes."""
    text = re.sub(r"\\\n\s*", " ", without_comments(statement))
    lexer = shlex.shlex(text, posix=True, punctuation_chars="();<>|&\n")
    lexer.whitespace, lexer.whitespace_split, lexer.commenters = " \t", True, ""
    found, words, skip = [], [], False
    for word in lexer:
        if word and set(word) <= OPERATORS:
            skip = set(word) <= set("<>&") and bool(set(word) & set("<>"))
            if not skip:
                found.append(words)
                words = []
        elif skip:
            skip = False  # the file of a redirection
        else:
            words.append(word)
    found.append(words)
    return [command for command in map(without_assignments, found) if command]


def without_assignments(words):
    while words and re.fullmatch(r"[A-Za-z_]\w*=.*", words[0]):
        words = words[1:]
    return words


def syntax_problem(statement):
    done = subprocess.run(["bash", "-n", "-c", statement], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          check=False)
    return done.stderr.strip() or None
