"""Our own command lines: which commands and options the real binary says that it has."""

import functools
import os
import re
import subprocess

NAMES = ("stateferry", "build/release/bin/stateferry")


def sanitizers():
    """The variables that tell sanitizers what to look at, which the binary under test may need."""
    return {name: value for name, value in os.environ.items() if name.endswith("SAN_OPTIONS")}


class Binary:
    """The stateferry that is tested, and what it says of itself."""

    def __init__(self, path):
        self.path = path

    @functools.lru_cache(maxsize=None)
    def help(self, *command):
        done = subprocess.run([self.path, *command, "--help"], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              check=True, env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "COLUMNS": "200",
                                               **sanitizers()})
        return done.stdout

    def commands(self, *above):
        """All commands as tuples of words, those of `rules` and `plugins` included."""
        listed = re.search(r"^Subcommands:\n((?:  .*\n)*)", self.help(*above), re.M)
        for name in re.findall(r"^  ([\w-]+)", listed[1], re.M) if listed else ():
            yield (*above, name)
            if name != "help":
                yield from self.commands(*above, name)

    @functools.lru_cache(maxsize=None)
    def all_commands(self):
        return frozenset(self.commands())

    @functools.lru_cache(maxsize=None)
    def options(self, *command):
        rows = re.findall(r"^  (-[\w-]+(?:,--[\w-]+)*)", self.help(*command), re.M)
        return frozenset(name for row in rows for name in row.split(","))

    def examples(self, *command):
        """The lines below `Example:` in the help of a command."""
        text = self.help(*command)
        found = re.search(r"^Examples?:\n((?:  .*\n)*)", text, re.M)
        return [line[2:] for line in found[1].splitlines()] if found else []

    def command_of(self, words):
        """The command that these words, which follow the program's name, call; and what follows that."""
        command = ()
        for at, word in enumerate(words):
            if (*command, word) not in self.all_commands():
                return command, words[at:]
            command = (*command, word)
        return command, []

    def problem(self, words, at_all=False):
        """What is wrong with the words that follow the program's name; None when nothing is.

        With `at_all` they are a synopsis, in which more than words can stand.
        """
        command, rest = self.command_of(words)
        if not command and not any(word.startswith("-") for word in words[:1]):
            return f"there is no command '{words[0]}'" if words else "a command is missing"
        known = self.options() | self.options(*command)
        for word in rest:
            if word == "--" and not at_all:
                break
            option = re.match(r"(--[A-Za-z][\w-]*|-[A-Za-z])", word)
            if option and option[1] not in known:
                return f"'{' '.join(command)}' has no option {option[1]}"
        return None
