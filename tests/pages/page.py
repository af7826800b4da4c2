"""What is to be run on a page, and what is wrong with it before anything runs."""

import collections
import dataclasses
import re
import shlex

import markdown
import own
import shell
import tools
import worlds


@dataclasses.dataclass
class Line:
    """Something to run: `shown` is what it must say, `mention` that it may lack arguments."""

    text: str
    place: str
    shown: list = None
    mention: bool = False
    ends_with: int = 0
    parsed_only: bool = False


class Page:
    """Finds a page's lines, and what is wrong with them before anything is run."""

    def __init__(self, name, text, binary):
        self.name, self.binary = name, binary
        self.lines, self.problems, self.aliases = [], [], set()
        self.counts = collections.Counter()
        self.first_rules = None
        for part in markdown.parts(text):
            self.add(part)
        self.add_samples(text)

    def complain(self, number, text):
        self.problems.append(f"{self.name}:{number}: {text}")

    def add(self, part):
        if isinstance(part, markdown.Indented):
            self.complain(part.line, f"code by indentation is not looked at, use ```sh: {part.text}")
        elif isinstance(part, markdown.Inline):
            self.add_inline(part)
        elif part.language == "console":
            self.add_console(part)
        elif part.language == "sh":
            for text, offset in shell.statements(part.lines):
                self.add_statement(text, part.line + offset)
        elif part.language == "text":
            self.add_usage(part)
        elif part.language == "yaml":
            self.add_yaml(part)
        elif part.language not in ("cpp", "cmake"):
            self.complain(part.line, f"nothing here knows blocks of '{part.language}'")

    # What is there.

    def add_console(self, block):
        command, shown, first = [], [], 0
        for number, line in enumerate([*block.lines, "$ "], block.line):
            if command and not shown and not shell.is_whole("\n".join(command)):
                command.append(line)
            elif line.startswith("$ "):
                if command:
                    self.add_statement("\n".join(command), first, shown)
                command, shown, first = [line[2:]], [], number
            elif not command:
                self.complain(number, "a session begins with `$ `")
                return
            else:
                shown.append(line)

    def add_statement(self, text, number, shown=None):
        syntax = shell.syntax_problem(text)
        if syntax:
            self.complain(number, f"no shell: {syntax}")
            return
        commands = shell.simple_commands(text)
        self.aliases.update(re.findall(r"^alias (\w+)=", text))
        if not all([self.check_words(words, number) for words in commands]):
            return
        if all(self.can_run(words[0]) for words in commands):
            self.run(text, number, shown)
            return
        if shown is not None:
            self.complain(number, f"a session that can't be run: {text}")
        for words in commands:
            if words[0] in own.NAMES:
                self.run(shlex.join(words), number)
            else:
                self.counts["of other programs"] += 1

    def can_run(self, name):
        return name in own.NAMES or name in tools.RUN or name in tools.STAND_INS or name in self.aliases

    def check_words(self, words, number):
        if words[0] in own.NAMES:
            problem = self.binary.problem(words[1:])
        elif words[0] in self.aliases:
            problem = None
        else:
            problem = tools.problem(words)
        if problem:
            self.complain(number, problem)
        return problem is None

    def add_inline(self, code):
        words = code.text.split()
        if words[0] not in own.NAMES and (words[0],) in self.binary.all_commands() and re.search(r" -", code.text):
            words = ["stateferry", *words]
        elif words[0] not in own.NAMES and not (len(words) > 1 and tools.is_known(words[0])
                                                and shell.syntax_problem(code.text) is None):
            return
        text = " ".join(worlds.STANDS_FOR.get(word, word) for word in words)
        if len(words) == 1:
            return
        if words[0] not in own.NAMES and not re.search(r"\bstateferry ", text):
            self.counts["of other programs"] += 1
            self.check_words(shlex.split(text), code.line)
        else:
            self.check_inline(text, code.line)

    def check_inline(self, text, number):
        if shell.syntax_problem(text):
            self.complain(number, f"no shell: {text}")
            return
        if all([self.check_words(words, number) for words in shell.simple_commands(text)]):
            self.run(text, number, mention=True)

    def run(self, text, number, shown=None, mention=False, ends_with=0):
        place = f"{self.name}:{number}"
        parsed_only = any(re.search(pattern, text) for pattern in worlds.PARSED_ONLY)
        for (page, part), code in worlds.ENDS_WITH.items():
            ends_with = code if page == self.name and part in text else ends_with
        self.lines.append(Line(text, place, shown, mention, ends_with, parsed_only))

    def add_usage(self, block):
        """A block that begins with our name is a synopsis; any other is something that was said."""
        if not block.lines or not block.lines[0].startswith("stateferry "):
            return
        for number, line in enumerate(block.lines, block.line):
            if not re.match(r"stateferry |\s", line):
                self.complain(number, "a session that isn't run: make it ```console")
                return
        for call in re.split(r"^stateferry ", "\n".join(block.lines), flags=re.M)[1:]:
            problem = self.binary.problem(re.sub(r"[][|]", " ", call).split(), at_all=True)
            self.counts["of usage"] += 1
            if problem:
                self.complain(block.line, problem)

    def add_yaml(self, block):
        text = "\n".join(block.lines) + "\n"
        keys = set(re.findall(r"^([\w-]+):", text, re.M))
        name = f"page-{block.line}.yaml"
        check = f"stateferry -q rules check {name}"
        if "rules" in keys:
            self.first_rules = self.first_rules or text
        elif text.startswith("- "):
            text = worlds.STEPS_ALONE + text
        elif "steps" in keys:
            text = worlds.RULES_ALONE + text
        elif keys & {"tests", "include", "plugins"}:
            text = self.first_rules + text
        elif keys:
            self.add_config(text, name, block.line)
            return
        else:
            if re.search(r"^\s*[^#\s]", text, re.M):
                self.complain(block.line, "nothing here knows what this YAML is")
            return
        self.run(file_of(text, name) + check, block.line)

    def add_config(self, text, name, number):
        """All of it must be what the installed storages take."""
        text = re.sub(rf"^({'|'.join(worlds.PLUGIN_KEYS)}):", r"x-\1:", text, flags=re.M)
        self.run(f"{file_of(text, name)}stateferry config check {name}", number)

    def add_samples(self, text):
        """Rule files that the page links to must pass their own tests as copies of another name and place."""
        for number, line in enumerate(text.splitlines(), 1):
            for sample in re.findall(r"\]\((?:\.\./)*(rules/samples/[^)]+\.yaml)\)", line):
                folder = "copies/" + sample.replace("/", "-")
                fixtures = sample.rpartition("/")[0] + "/fixtures"
                self.run(f"mkdir -p {folder} && cp {sample} {folder}/mine.yaml && "
                         f"if grep -q fixtures/ {sample}; then cp -r {fixtures} {folder}; fi && "
                         f"(cd {folder} && stateferry rules test mine.yaml)", number)


def file_of(text, name):
    return f"cat >{name} <<'END OF YAML'\n{text}END OF YAML\n"
