"""Command lines of programs that aren't ours: whether they know the options that a page gives them.

Programs that the tests need anyway are asked. Of those that a test machine hasn't got, there is a table of what their
documentation says; an option that isn't in it fails, and is to be looked up there before it is added.
"""

import functools
import json
import pathlib
import re
import subprocess

SOURCE = pathlib.Path(__file__).resolve().parent.parent.parent

# Subcommand words, then its options.
DOCUMENTED = {
    "aws": {
        "s3 cp": {"--recursive"},
        "s3 sync": set(),
        "s3control create-job": {
            "--account-id", "--confirmation-required", "--no-confirmation-required", "--operation", "--report",
            "--manifest", "--priority", "--role-arn", "--description", "--region"},
    },
    "s5cmd": {"run": set(), "cp": set(), "sync": set()},
    "hadoop": {"distcp": {"-f", "-update", "-i", "-m"}, "fs": {"-put", "-get", "-ls"}},
    "hdfs": {"dfs": {"-put", "-get", "-ls"}},
    "cmake": {
        "": {"-S", "-B", "-D", "--preset", "--build", "--install", "--target", "--prefix", "--workflow",
             "--log-level"}},
    "ctest": {"": {"--preset", "-R", "-L", "-j"}},
    "clang-tidy-14": {"": {"-p"}},
    "build/release/bin/stateferry_micro": {"": {"--benchmark_filter"}},
    "build/dev/tests/golden_test": {"": set()},
}
# What is said in these programs' own help.
ASKED = {"cp", "cmp", "diff", "mkdir", "rm", "sed", "grep", "head", "tail", "cat", "chmod"}
BUILTIN = {"export", "alias", "cd", "echo", "printf", "shopt", "source"}
# These run in a session; what stands in DOCUMENTED has a stand-in there when STAND_INS has its name.
RUN = ASKED | BUILTIN | {"jq", "rclone"}
STAND_INS = ("aws", "s5cmd", "hadoop", "hdfs")


def is_known(name):
    return name in DOCUMENTED or name in RUN or name == "python3" or is_script(name)


def is_script(name):
    return re.match(r"(scripts|tests|benchmarks)/.*\.(sh|py)$", name) is not None


def options_in(words):
    """What looks like an option, without its value; `-DNAME` and `-j2` are `-D` and `-j` to who knows these."""
    for word in words:
        if word == "--":
            return
        if re.match(r"--?[A-Za-z]", word):
            yield word.split("=")[0]


@functools.lru_cache(maxsize=None)
def said(*command):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=60)
    return done.returncode, done.stdout + done.stderr


def documented(words):
    table = DOCUMENTED[words[0]]
    for command, options in table.items():
        count = len(command.split())
        if words[1:1 + count] == command.split():
            for option in options_in(words[1 + count:]):
                with_value = not option.startswith("--") and option[:2] in options
                if option not in options and not with_value:
                    call = " ".join(words[:1 + count])
                    return f"'{call}' has no option {option} in the table of tests/pages/tools.py"
            return None
    return f"no such command in the table of tests/pages/tools.py: {' '.join(words[:3])}"


def rclone(words):
    status, text = said("rclone", words[1], "--help")
    if status != 0 or f"rclone {words[1]}" not in text:
        return f"rclone has no command {words[1]}"
    text += said("rclone", "help", "flags")[1]
    for option in options_in(words[2:]):
        if not re.search(rf"(?<![\w-]){re.escape(option)}(?![\w-])", text):
            return f"rclone {words[1]} has no option {option}"
    return None


def jq(words):
    done = subprocess.run([*words, "--null-input"], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          check=False)
    # 5: the program is right, and fails with nothing to work on.
    return None if done.returncode in (0, 5) else f"jq: {done.stderr.strip()}"


def asked(words):
    text = said(words[0], "--help")[1]
    for option in options_in(words[1:]):
        letters = [f"-{letter}" for letter in option[1:]] if re.match(r"-\w", option) else [option]
        for one in letters:
            if not re.search(rf"(?<![\w-]){re.escape(one)}(?![\w-])", text):
                return f"{words[0]} has no option {one}"
    return None


def script(words):
    path = SOURCE / words[0]
    if not path.is_file():
        return f"there is no {words[0]}"
    text = path.read_text()
    for option in options_in(words[1:]):
        if not re.search(rf"(?<![\w-]){re.escape(option)}(?![\w-])", text):
            return f"{words[0]} has no option {option}"
    return None


def preset_problem(words):
    if "--preset" not in words:
        return None
    presets = json.loads((SOURCE / "CMakePresets.json").read_text())
    names = {preset["name"] for kind in presets.values() if isinstance(kind, list) for preset in kind}
    name = words[words.index("--preset") + 1]
    return None if name in names else f"there is no preset {name}"


def problem(words):
    """What is wrong with a command of another program; None when nothing is."""
    name = words[0]
    if name == "python3":
        return script(words[1:])
    if is_script(name):
        return script(words)
    if name in DOCUMENTED:
        return documented(words) or preset_problem(words)
    if name in BUILTIN:
        return None
    if name == "jq":
        return jq(words)
    if name == "rclone":
        return rclone(words)
    if name in ASKED:
        return asked(words)
    return f"nothing here knows '{name}': add it to tests/pages/tools.py"
