"""What is done to a snapshot before Flink has to restore it. Each function of SCENARIOS gets a Case."""

import collections
import contextlib
import copy
import json
import pathlib
import re
import shutil
import subprocess

import matrix
import model
from flink import Refused

HERE = pathlib.Path(__file__).resolve().parent


class Failed(Exception):
    """Something is not as it has to be."""


class NotApplicable(Exception):
    """The scenario has no meaning here; the text is the reason."""


class Case:
    """One kind of snapshot of one release, written once, and whatever is done to copies of it.

    Flink wrote it below `origin`, which is gone: `master` holds the files. Its own directory is `own`, relative
    to both.
    """

    def __init__(self, release, kind, flinks, store, product, work):
        self.release, self.kind, self.flinks, self.store, self.product = release, kind, flinks, store, product
        self.flink = flinks[release.name]
        self.work = work / f"{release.name}-{kind.name}"
        self.origin = self.work / "origin"
        self.master = self.work / "master"
        self.own = None
        self.taken = None
        self.ticks = release.family != "1.8"

    # Flink

    def options(self, root, parallelism=2, kind=None, flink=None):
        """For a job that keeps its state below `root`, a URI."""
        kind = kind or self.kind
        backend = "rocksdb" if kind.rocksdb else (flink or self.flink).release.heap
        conf = {
            "rest.port": "0", "rest.bind-port": "0", "restart-strategy": "none", "restart-strategy.type": "none",
            "io.tmp.dirs": str(self.work / "tmp"),
            "state.backend": backend, "state.backend.type": backend,
            "state.backend.fs.memory-threshold": "100", "state.storage.fs.memory-threshold": "100",
            "execution.checkpointing.data-inline-threshold": "100",
            "state.checkpoints.dir": f"{root}/checkpoints",
            "execution.checkpointing.dir": f"{root}/checkpoints",
            "dstl.dfs.base-path": f"{root}/dstl", "state.changelog.dstl.dfs.base-path": f"{root}/dstl",
            **kind.conf,
        }
        twins = {"twins": "yes"} if "twins" in kind.options else {}
        return {f"conf.{key}": value for key, value in conf.items()} | {"parallelism": str(parallelism)} | twins

    def write(self):
        """Has Flink write the snapshot, proves that it is of its kind, and takes it away from its place."""
        shutil.rmtree(self.work, ignore_errors=True)
        (self.work / "tmp").mkdir(parents=True)
        path = self.take(f"file:{self.origin}")
        self.own = pathlib.Path(re.sub("^file:/*", "/", path)).relative_to(self.origin)
        self.prove_kind(self.inspect(self.origin / self.own))
        self.origin.rename(self.master)

    def take(self, root, **more):
        """Has Flink write it below `root`, a URI; returns its path and keeps what the operators saved."""
        if self.kind.claimed:
            first = matrix.kind(self.kind.claimed)
            path = self.take_one(root, first, more)
            path = self.take_one(root, self.kind, more | {"from": path, "mode": "CLAIM"})
        else:
            path = self.take_one(root, self.kind, more | self.kind.options)
        if not self.kind.options.get("throttle"):
            wanted = model.snapshot(self.ticks, finished="finish" in self.kind.options,
                                    twins="twins" in self.kind.options)
            if self.taken != wanted:
                raise Failed("the operators didn't save what they should: " + difference(wanted, self.taken))
        return path

    def take_one(self, root, kind, options):
        to = f"{root}/{'checkpoints' if kind.snapshot == 'checkpoint' else 'savepoints'}"
        told = self.flink.ask(self.options(root, kind=kind) | {"snapshot": kind.snapshot, "to": to} | options)
        self.taken = sorted(rest for word, rest in told if word == "snapshot")
        return next(rest for word, rest in told if word == "path")

    def prove_kind(self, seen):
        if self.kind.evidence and not any(name in seen["handles"] for name in self.kind.evidence):
            raise Failed(f"not a snapshot of its kind, it holds {seen['handles']}")
        if "finish" in self.kind.options:
            fully = [operator["fully-finished"] for operator in seen["operators"]]
            partly = [operator["finished-subtasks"] for operator in seen["operators"]]
            if not any(fully) or not any(partly):
                raise Failed("nothing is finished in it")

    def restore(self, path, parallelism=None, in_place=False, flink=None, taken=None, **options):
        """Restores and reads all input; raises Refused if Flink doesn't, Failed if some state is not what it was.

        `flink`: another one than has written it; `taken`: what the operators saved, if not at first.
        """
        if parallelism is None:
            for each in self.kind.parallelisms:
                self.restore(path, each, in_place, flink, taken, **options)
            return
        # Not to be found by the restored job: the place where the snapshot was written.
        if self.origin.exists() and not in_place:
            raise Failed(f"{self.origin} still exists")
        told = self.drain(path, parallelism, flink or self.flink, options)
        wanted = model.report(taken or self.taken, self.ticks, parallelism, "finish" in self.kind.options,
                              "without__brief" in options, options.get("wide"))
        wrong = compare(wanted, told)
        if wrong:
            raise Failed(f"restored with parallelism {parallelism}, but with other state: {wrong}")

    def drain(self, path, parallelism, flink, options):
        """Restores and reads all input; returns what the job tells."""
        request = self.options(f"file:{self.work}/later", parallelism, flink=flink)
        # Their first checkpoint after a restore is a full one, which the changelog can't make.
        request.pop("conf.execution.checkpointing.interval", None)
        return flink.ask(request | {"snapshot": "none", "from": str(path)}
                         | {name.replace("__", "."): value for name, value in options.items()})

    def modes(self):
        """The restore modes that this Flink has; None is the way of those that have no choice."""
        if self.flink.lacks(matrix.CLAIM):
            return [None]
        return [mode for mode in matrix.MODES
                if self.flink.lacks(tuple(f"{name}#{mode}" for name in matrix.CLAIM)) is None]

    def go_on(self, path, mode, kind):
        """Restores in this mode, reads on, takes checkpoints until none of the first is left, and restores the last
        one, always with the state that must be there.

        The checkpoints are of this kind. Raises Refused, or Failed if some state is not what it was.
        """
        later = self.work / "later"
        shutil.rmtree(later, ignore_errors=True)
        told = self.flink.ask(
            self.options(f"file:{later}", kind=kind)
            | {"conf.execution.checkpointing.interval": "50 ms", "conf.execution.checkpointing.min-pause": "50 ms"}
            | {"from": str(path), "snapshot": "checkpoint", "to": f"file:{later}/checkpoints", "go.on": "yes"}
            | ({"mode": mode} if mode else {}))
        wanted = [line for line in model.report(self.taken, self.ticks) if line.startswith("restored ")]
        wrong = compare(wanted, [line for line in told if line[1].startswith("restored ")])
        if wrong:
            raise Failed("restored, but with other state: " + wrong)
        taken = sorted(rest for word, rest in told if word == "snapshot")
        wrong = compare(model.snapshot(self.ticks, read=model.FURTHER), [("snapshot", line) for line in taken])
        if wrong:
            raise Failed("restored, but saved later with other state: " + wrong)
        if mode == "NO_CLAIM":
            shutil.rmtree(path)  # Not needed any more, says Flink.
        self.restore(next(rest for word, rest in told if word == "path"), taken=taken)

    # The product

    def run(self, *arguments, expect=0, environment=None):
        done = subprocess.run([str(self.product), *map(str, arguments)], capture_output=True, text=True,
                              env=environment)
        if done.returncode != expect:
            raise Failed(f"exit code {done.returncode} of {' '.join(map(str, arguments))}: {done.stderr}")
        return done.stdout

    def inspect(self, path, base=None):
        return json.loads(self.run("inspect", "--json", *(["--base-uri", f"file:{base}"] if base else []), path))

    def convert(self, source, target, *steps, **keys):
        """Rewrites a pointer by a rule file with these steps, texts of YAML flow maps."""
        rules = self.work / f"{target.name}-rules.yaml"
        lines = ['rules: "v1"', "steps:", *(f"  - {step}" for step in steps)]
        rules.write_text("\n".join(lines) + "\n")
        target.mkdir(parents=True, exist_ok=True)
        (target / "_metadata.new").unlink(missing_ok=True)
        command = ["convert", "--json", "-r", rules, *options_of(keys)]
        report = json.loads(self.run(*command, source / "_metadata", target / "_metadata.new"))
        (target / "_metadata.new").rename(target / "_metadata")
        return report

    # Places

    def copy(self, name):
        """A plain copy of all files elsewhere; returns its root."""
        place = self.work / name
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(self.master, place)
        return place

    @contextlib.contextmanager
    def put_back(self):
        """All files are where Flink wrote them; afterwards they are gone again."""
        shutil.copytree(self.master, self.origin)
        try:
            yield self.origin / self.own
        finally:
            shutil.rmtree(self.origin)

    def operator_with(self, state):
        """The hash of the operator with a registered operator state of this name."""
        operators = json.loads(self.run("dump", "--json", self.master / self.own))["operators"]
        return next(operator["id"] for operator in operators if f'"name": "{state}"' in json.dumps(operator))

    def moved(self, name):
        """A copy that Flink can restore; returns its root."""
        place = self.copy(name)
        if not self.follows():
            self.convert(place / self.own, place / self.own, *self.repair(), replace(self.origin, place),
                         **self.base())
        return place

    def transfer(self, command, name, *options):
        """`move` or `self-contain` to a directory of this name, then the old place is deleted.

        Returns that directory and what the command tells.
        """
        target = self.work / name
        shutil.rmtree(target, ignore_errors=True)
        with self.put_back() as source:
            if self.kind.claimed:
                self.convert(source, source, *self.repair())
            journal = self.work / f"{name}.journal"
            told = self.run(command, "--json", "--no-sync", *options, "--as", ".", "--journal", journal, source,
                            target)
        return target, json.loads(told)

    def move(self, name, *options):
        """What `move` makes of it: the directory with all, that with `_metadata`, and what it tells."""
        target, told = self.transfer("move", name, *options)
        own = pathlib.Path(told["metadata"].removeprefix("file:")).parent
        self.run("verify", "--strict", own)
        return target, own, told

    def self_contained(self, name, *options):
        """What `self-contain` makes of it: its directory, and what it tells."""
        lacks = self.flink.lacks(matrix.RELATIVE)
        if lacks:
            raise NotApplicable(lacks)
        more = ["--unmerge"] if self.merged() else []
        if self.kind.claimed or self.kind.name == "changelog":
            more += ["--take-from", self.origin]  # what lies beside the job's directory
        return self.transfer("self-contain", name, *more, *options)

    def merged(self):
        return bool(self.kind.unmerged)

    def repair(self, files=None, root=None):
        """What has to be done first where Flink wrote relative handles that lead nowhere.

        These are the shared files that it took over from the savepoint; the others are the checkpoint's own.
        `files` is the folder with the files, `root` the URI where Flink wrote them.
        """
        if not self.kind.claimed:
            return []
        savepoint = next(((files or self.master) / "savepoints").iterdir()).name
        directory = f"{root or f'file:{self.origin}'}/savepoints/{savepoint}"
        return [f'{{id: repair, uses: handle.absolutize, with: {{directory: "{directory}"}}, '
                'where: {role: incremental-shared}}']

    def base(self):
        return {"base_uri": f"file:{self.origin / self.own}"}

    def follows(self):
        """Whether all its files are found relative to the pointer."""
        return self.kind.follows and self.flink.lacks(matrix.RELATIVE) is None


def options_of(keys):
    return [word for key, value in keys.items() for word in ("--" + key.replace("_", "-"), str(value))]


def replace(source, target):
    return (f'{{id: move, uses: uri.replace-prefix, with: {{from: "file:{source}", to: "file:{target}"}}, '
            'expect: {unmatched: 0}}')


def compare(wanted, told):
    """None if the lines that were told are these, in any order, else the difference."""
    report = sorted(line for word, line in told if word in ("report", "snapshot"))
    return None if report == sorted(wanted) else difference(wanted, report)


def difference(wanted, got):
    missing = list((collections.Counter(wanted) - collections.Counter(got)).elements())
    extra = list((collections.Counter(got) - collections.Counter(wanted)).elements())
    return f"{len(missing)} lines missing, {len(extra)} too many; missing {missing[:3]}, too many {extra[:3]}"


def reason(attempt, pattern):
    """Why Flink refuses what `attempt` does: a cause that matches. None if it refuses nothing.

    Asked again where none matches: of several threads that fail one after the other, Flink sometimes tells the
    last one's trouble only ("registry is already closed").
    """
    for _ in range(4):
        try:
            attempt()
        except Refused as refused:
            causes = [cause for cause in refused.causes if re.search(pattern, cause)]
            if causes:
                return causes[-1]
            told = refused
        else:
            return None
    raise Failed(f"Flink refuses it for another reason than {pattern}: {told}")


def refusal(case, path, pattern, **options):
    """Flink's reason for not restoring this; it must match."""
    why = reason(lambda: case.restore(path, **options), pattern)
    if why is None:
        raise Failed("Flink restores what it must not be able to restore")
    return why


UNMAPPED = r"Cannot map"
# What Flink says when it can't read what is in state files. Whatever else it says of a converted snapshot is a failure.
CONTENT = r"VersionMismatchException|RocksDBException: (Unknown Footer version|unknown checksum type)"
MISSING = r"FileNotFound|NoSuchFile|No such file|does not exist|Cannot find"
# Why a job that was restored can't be restored again from what it writes.
NO_FURTHER = MISSING + "|does not support enforcing a full snapshot"


def plain_copy(case):
    """A plain copy, untouched. `inspect` must have said what comes of it.

    The control: where absolute URIs stand it must fail, or the scenarios with a rewrite prove nothing.
    """
    place = case.copy("plain-copy")
    verdict = case.inspect(place / case.own, case.origin / case.own)["verdict"]
    if case.follows():
        if verdict != "relocatable":
            raise Failed(f"Flink restores a plain copy, but the verdict is {verdict}")
        case.restore(place / case.own)
        return None
    if not case.kind.claimed and verdict not in ("rewrite", "rewrite-map", "not-self-contained"):
        raise Failed(f"Flink does not restore a plain copy, but the verdict is {verdict}")
    reason = refusal(case, place / case.own, MISSING)
    where = "the old place" if str(case.origin) in reason else "the new place"
    return f"refused: `{reason.split(':')[0].split('.')[-1]}`, looks in {where}"


def needs_rewrite(case):
    if case.follows():
        raise NotApplicable("no absolute URI in it: Flink restores the plain copy")


def replace_prefix(case):
    """`uri.replace-prefix` with the root of all files."""
    needs_rewrite(case)
    place = case.moved("replace-prefix")
    case.restore(place / case.own)


def map_prefix(case):
    """`uri.map-prefix`: each folder of the state goes to a place of its own."""
    needs_rewrite(case)
    place = case.copy("map-prefix")
    targets = {case.origin: place}
    folders = [folder for name in ("shared", "taskowned", "dstl") for folder in place.rglob(name)
               if any(folder.iterdir())]
    for folder in folders:
        if not folder.exists():
            continue  # went along with the one that it lies in
        apart = case.work / "map-prefix-apart" / folder.name
        shutil.rmtree(apart, ignore_errors=True)
        apart.parent.mkdir(exist_ok=True)
        folder.rename(apart)
        targets[case.origin / folder.relative_to(place)] = apart
    pairs = ", ".join(f'"file:{source}": "file:{target}"' for source, target in targets.items())
    case.convert(place / case.own, place / case.own, *case.repair(),
                 f"{{id: roots, uses: uri.map-prefix, with: {{map: {{{pairs}}}}}, expect: {{unmatched: 0}}}}",
                 **case.base())
    case.restore(place / case.own)


def regex(case):
    """`uri.regex` does the same by a pattern."""
    needs_rewrite(case)
    place = case.copy("regex")
    case.convert(place / case.own, place / case.own, *case.repair(),
                 f"{{id: move, uses: uri.regex, with: {{pattern: 'file:{re.escape(str(case.origin))}/(?P<rest>.*)', "
                 f'to: "file:{place}/{{rest}}"}}, expect: {{unmatched: 0}}}}', **case.base())
    case.restore(place / case.own)


def scheme(case):
    """`uri.scheme`: nothing but the scheme changes; the new one leads elsewhere (see Mirror.java)."""
    needs_rewrite(case)
    place = case.copy("mirror")
    case.convert(place / case.own, place / case.own, *case.repair(),
                 "{id: scheme, uses: uri.scheme, with: {from: file, to: mirror}, expect: {unmatched: 0}}",
                 **case.base())
    case.restore(place / case.own)


def absolutize(case):
    """`handle.absolutize`: `_metadata` goes elsewhere without its files."""
    lacks = case.flink.lacks(matrix.RELATIVE)
    if lacks:
        raise NotApplicable(lacks)
    place = case.moved("absolutize")
    pointer = case.work / "absolutize-pointer"
    shutil.rmtree(pointer, ignore_errors=True)
    case.convert(place / case.own, pointer, "{id: absolute, uses: handle.absolutize}",
                 base_uri=f"file:{place / case.own}")
    case.restore(pointer)


def relativize(case):
    """`handle.relativize`: what was made absolute, and whatever lies beside `_metadata`, follows a copy again."""
    lacks = case.flink.lacks(matrix.RELATIVE)
    if lacks:
        raise NotApplicable(lacks)
    place = case.moved("relativize")
    own = place / case.own
    before = case.inspect(own)["handles"]
    case.convert(own, own, "{id: absolute, uses: handle.absolutize}")
    if case.inspect(own)["handles"].get("RelativeFileStateHandle"):
        raise Failed("relative handles are left")
    case.convert(own, own, "{id: relative, uses: handle.relativize}")
    after = case.inspect(own)["handles"]
    if after != before and not case.kind.claimed:
        raise Failed(f"handles were {before}, are {after}")
    case.restore(own)


def rename(case):
    """`operator.rename`: an operator gets another uid, one that had none gets one; the job knows only these."""
    place = case.moved("rename")
    uids = {"uid__totals": "totals-v2", "uid__tagger": "tagger"}
    refusal(case, place / case.own, UNMAPPED, **uids)
    case.convert(place / case.own, place / case.own,
                 f"{{id: rename, uses: operator.rename, with: {{strict: true, map: {{totals: totals-v2, "
                 f'"hash:{case.operator_with("passed")}": tagger}}}}}}')
    case.restore(place / case.own, **uids)


def drop(case):
    """`operator.drop`: the job goes on without two of its operators, and without leave to ignore their state."""
    place = case.moved("drop")
    # Without the source Flink would number the operator that has no uid differently.
    options = {"without__brief": "yes", "uid__tagger": "tagger"}
    refusal(case, place / case.own, UNMAPPED, **options)
    counter, tagger = case.operator_with("sums"), case.operator_with("passed")
    case.convert(place / case.own, place / case.own,
                 f'{{id: drop, uses: operator.drop, with: {{operators: ["uid:brief", "hash:{counter}"]}}, '
                 'accept: [loses-state], expect: {changed: 2}}',
                 f'{{id: keep, uses: operator.rename, with: {{map: {{"hash:{tagger}": tagger}}}}}}')
    case.restore(place / case.own, **options)


def move(case):
    """`stateferry move`, then the old place is deleted."""
    _, own, _ = case.move("move")
    case.restore(own)


def move_unmerge(case):
    """`stateferry move --unmerge`: merged files become files of their own."""
    _, own, _ = case.move("move-unmerge", "--unmerge")
    if case.inspect(own)["handles"].get("SegmentFileStateHandle"):
        raise Failed("segments are left")
    case.restore(own)


def self_contain(case):
    """`stateferry self-contain`, a plain copy of the result elsewhere; all that was before is deleted."""
    case.restore(copied_elsewhere(case, "self-contained")[0])


def copied_elsewhere(case, name):
    """A plain copy of what `self-contain` makes of it, which is gone; and what it told."""
    target, told = case.self_contained(name)
    place = case.work / f"{name}-copy"
    shutil.rmtree(place, ignore_errors=True)
    target.rename(place)
    if case.inspect(place)["verdict"] != "relocatable":
        raise Failed("the result is not relocatable")
    return place, told


def go_on(case, root, own, told, kind=None):
    """Restores it in each mode that Flink has, and goes on; what the command said of it must be so.

    Returns a note. `root` is the directory with all files, `own` that with `_metadata`, `kind` that of later
    checkpoints if it's another one.
    """
    claims = told["restore-modes"]
    saved = case.work / f"{root.name}-saved"
    shutil.rmtree(saved, ignore_errors=True)
    shutil.copytree(root, saved)

    def afresh():
        """Flink may delete what it has claimed."""
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(saved, root)

    yes, no = [], []
    for mode in case.modes():
        name, claim = mode or "the only mode", claims[mode or "BEFORE-1.15"]

        def on():
            afresh()
            case.go_on(own, mode, kind or case.kind)

        if claim["goes-on"]:
            try:
                on()
            except Refused as refused:
                raise Failed(f"goes on in {name}, the command said; but: {refused}") from refused
            yes.append(name)
            continue
        why = reason(on, NO_FURTHER)
        if why is None:
            raise Failed(f"goes on in {name}; the command said: {claim['why']}")
        afresh()
        case.restore(own, **({"mode": mode} if mode else {}))
        no.append(f"{name}: `{short(why)}`")
    return "; ".join([f"goes on in {', '.join(yes) or 'no mode'}", *(f"not in {each}" for each in no)])


def go_on_move(case):
    """`move`, then restored in each mode, run on, checkpoints, and the last one is restored."""
    return go_on(case, *case.move("go-on-move"))


def go_on_unmerge(case):
    """The same with `move --unmerge`, and file merging is off from then on."""
    return go_on(case, *case.move("go-on-unmerge", "--unmerge"), case.kind.apart())


def go_on_self_contain(case):
    """The same with `self-contain` (`--unmerge`) and a plain copy of the result."""
    place, told = copied_elsewhere(case, "go-on-self-contain")
    return go_on(case, place, place, told, case.kind.apart())


def go_on_anchor(case):
    """The same with `self-contain --anchor`, without a copy."""
    target, told = case.self_contained("go-on-anchor", "--anchor")
    return go_on(case, target, target, told, case.kind.apart())


def repair(case):
    """FLINK-39964: Flink restores it nowhere; `verify` names what dangles, `handle.absolutize` mends it."""
    with case.put_back() as pointer:
        reason = refusal(case, pointer, MISSING, in_place=True)
        findings = json.loads(case.run("verify", "--json", pointer, expect=1))
        if findings["dangling-relative"] == 0 or findings["dangling-relative"] != findings["missing"]:
            raise Failed(f"verify finds {findings} where Flink says {reason}")
        case.convert(pointer, pointer, *case.repair())
        case.run("verify", pointer)
        case.restore(pointer, in_place=True)


def for_flink(target):
    """The scenario that brings a snapshot down to an older release."""
    def down(case):
        name, older = f"for-flink-{target.name}", case.flinks[target.name]
        if case.merged() and older.lacks(matrix.MERGING):
            own = case.self_contained(name)[0]
        else:
            own = case.moved(name) / case.own
        base = options_of({"base_uri": f"file:{own}"})
        account = json.loads(case.run("convert", "--json", "--explain-target", target.name, *base, own))
        findings = account["conversion"]["findings"]
        obstacles = sorted({finding["what"] for finding in findings if finding["class"] == "impossible"})
        if obstacles:
            raise NotApplicable("`convert` names what stands in the way: " + ", ".join(f"`{o}`" for o in obstacles))
        case.run("convert", "--for-flink", target.name, "--on-loss", "report", *base, "--in-place",
                 own / "_metadata")
        why = reason(lambda: case.restore(own, flink=older), CONTENT)
        return f"refused: `{short(why)}`" if why else None

    down.__doc__ = f"`convert --for-flink {target.name}`, restored by Flink {target.version}."
    return down


def timers(case):
    """`convert --for-flink 1.9`: 1.9 loses all timers, and nothing else, unless it keeps timers in RocksDB, too."""
    older = case.flinks["1.9"]
    own = case.moved("timers") / case.own
    case.run("convert", "--for-flink", "1.9", "--on-loss", "report", "--base-uri", f"file:{own}", "--in-place",
             own / "_metadata")
    wanted = [line for line in model.report(case.taken, case.ticks) if not line.startswith("final totals ")]
    wrong = compare(wanted, case.drain(own, 2, older, {}))
    if wrong:
        raise Failed("lost is something else than all timers: " + wrong)
    case.restore(own, flink=older, **{"conf.state.backend.rocksdb.timer-service.factory": "ROCKSDB"})


def short(cause):
    """Without packages and paths."""
    text = re.sub(r"\b(?:[a-z]\w*\.)+([A-Z])|@[0-9a-f]+", r"\1", cause)
    return re.sub(r"^(\w+: )\1+", r"\1", re.sub(r" from footer of /.*|:? ?/[^ ]*.*", "", text))


def on_s3(case):
    """Flink writes to S3 through its own plugin, `stateferry move` to another bucket, the old one is emptied."""
    remote = copy.copy(case)
    remote.flink = case.store.flink(case.release)
    conf = case.store.conf(case.release)
    old, new, plain = (case.store.bucket(case, name) for name in ("old", "new", "plain"))
    root = f"s3://{old.name}/flink"
    path = remote.take(root, **conf)
    own = path.removeprefix(f"s3://{old.name}/")
    seen = json.loads(case.store.run(case, "inspect", "--json", path))
    case.prove_kind(seen)
    if case.kind.claimed:
        pointer = case.work / "s3-pointer"
        case.convert(old / own, pointer, *case.repair(old / "flink", root), base_uri=path)
        case.store.upload(pointer / "_metadata", f"{old.name}/{own}/_metadata")
    moved = json.loads(case.store.run(case, "move", "--json", "--journal", case.work / "s3.journal", path,
                                      f"s3://{new.name}/flink"))["metadata"].removesuffix("/_metadata")
    relocatable = seen["verdict"] == "relocatable" and not case.kind.claimed
    shutil.copytree(old, plain, dirs_exist_ok=True)
    case.store.empty(old)
    case.store.run(case, "verify", "--strict", moved)
    remote.restore(moved, **conf)
    if relocatable:
        remote.restore(f"s3://{plain.name}/{own}", **conf)
    else:
        refusal(remote, f"s3://{plain.name}/{own}", MISSING, **conf)
    for bucket in (new, plain):
        case.store.empty(bucket)
    return "a plain copy is restored, too" if relocatable else "a plain copy is refused"


def rescale(case):
    """A moved snapshot is restored with parallelism 3 instead of 2."""
    place = case.moved("rescale")
    case.restore(place / case.own, parallelism=3)


def max_parallelism(case):
    """`operator.max-parallelism`: operators without keyed state get wider than the old maximum of all, 8."""
    place = case.moved("max-parallelism")
    refusal(case, place / case.own, "(?i)max parallelism", wide=10)
    chain = f'["uid:numbers", "hash:{case.operator_with("passed")}"]'
    case.convert(place / case.own, place / case.own,
                 f"{{id: wider, uses: operator.max-parallelism, with: {{value: 20}}, where: {{operator: {chain}}}}}")
    case.restore(place / case.own, wide=10)


def proof(case):
    """The check itself: a changed expectation is noticed, and Flink refuses when a file is missing."""
    place = case.moved("proof")
    wanted = model.report(case.taken, case.ticks, finished="finish" in case.kind.options)
    tampered = [line.replace("count=240", "count=241", 1).replace("count=120", "count=121", 1) for line in wanted]
    if tampered == wanted or not compare(tampered, [("report", line) for line in wanted]):
        raise Failed("a changed expectation went unnoticed")
    largest = max(keyed_files(case, place), key=lambda file: file.stat().st_size)
    largest.unlink()
    refusal(case, place / case.own, MISSING)


def keyed_files(case, place):
    """The files with keyed state that the snapshot refers to."""
    found = []

    def look(node, keyed):
        if isinstance(node, dict):
            if keyed and node.get("type") in ("FileStateHandle", "SegmentFileStateHandle"):
                found.append(pathlib.Path(node["path"].removeprefix("file:")))
            if keyed and node.get("type") == "RelativeFileStateHandle":
                found.append(place / case.own / node["relative_path"])
            for name, child in node.items():
                look(child, keyed or name == "managed_keyed")
        if isinstance(node, list):
            for child in node:
                look(child, keyed)

    look(json.loads(case.run("dump", "--json", place / case.own)), False)
    return found


SCENARIOS = {
    "plain-copy": plain_copy,
    "move": move,
    "move-unmerge": move_unmerge,
    "self-contain": self_contain,
    "go-on-move": go_on_move,
    "go-on-unmerge": go_on_unmerge,
    "go-on-self-contain": go_on_self_contain,
    "go-on-anchor": go_on_anchor,
    "s3": on_s3,
    "repair": repair,
    "replace-prefix": replace_prefix,
    "map-prefix": map_prefix,
    "regex": regex,
    "scheme": scheme,
    "absolutize": absolutize,
    "relativize": relativize,
    "rename": rename,
    "drop": drop,
    "rescale": rescale,
    "max-parallelism": max_parallelism,
    "timers": timers,
    "proof": proof,
} | {f"for-flink-{release.name}": for_flink(release) for release in matrix.RELEASES[:-1] if not release.timers}


def concerns(scenario, kind, release):
    """Whether there is such a cell at all."""
    if scenario not in matrix.JUST.get(kind.name, [scenario]):
        return False
    if release.timers != (scenario == "timers"):
        return False
    if scenario.startswith("for-flink-"):
        older = [each.name for each in matrix.RELEASES[:matrix.RELEASES.index(release)]]
        return scenario.removeprefix("for-flink-") in older
    return kind.name in matrix.ONLY.get(scenario, [kind.name])


def all_cells():
    """Release, kind and name of scenario of every cell there is."""
    return [(release, kind, scenario) for release in matrix.RELEASES for kind in matrix.KINDS for scenario in SCENARIOS
            if concerns(scenario, kind, release)]


def cell_name(release, kind, scenario):
    return f"{release.name}/{kind.name}/{scenario}"
