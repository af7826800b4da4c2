"""Runs the commands of compare.sh side by side, prints the table and judges the goals.

Times are of whole processes, taken by tools/measure (see there why not by this program). In each round every
command runs once, in an order that shifts by one from round to round; the first round warms up and is not counted.
"""

import argparse
import datetime
import hashlib
import itertools
import json
import os
import pathlib
import platform
import shutil
import subprocess
import sys
import time

from goals import against_jvm, judge
from rounds import alternate, take_memory

HERE = pathlib.Path(__file__).resolve().parent
FROM, TO = "s3://bucket-old/flink", "s3://bucket-of-the-new-region/flink"
BASE = "s3://bucket-old/flink/checkpoints/00000000000000000000000000001234/chk-7"
MIB = 1 << 20

# name: (file handles that are rewritten, generator and its arguments). Regular names, of the newest Flink.
INPUTS = {
    "10KB": (72, ["incremental", 2, 2, 17]),
    "10k": (10_010, ["incremental", 5, 77, 25]),
    "100k": (100_100, ["incremental", 10, 385, 25]),
    "1M": (999_700, ["incremental", 50, 769, 25]),
    "10M": (9_997_000, ["incremental", 500, 769, 25]),
    "1GiB": (1_973, ["inline", 1973, 200]),
}
# Each body of the format that is still about, with the release of Flink that writes it: v2-10k, v3-1.11-1M, …
# Random names, and the mix of a real job.
RELEASES = {"v2": "1.9", "v3-1.11": "1.11", "v3-1.13": "1.13", "v3-1.14": "1.14", "v3-1.15": "1.15", "v4": "1.20",
            "v6": "2.3"}
MIXED_SIZES = {"10k": (8, 52, 25), "1M": (56, 742, 25)}
MIXED = {f"{version}-{size}": (release, *numbers)
         for size, numbers in MIXED_SIZES.items() for version, release in RELEASES.items()}


def say(*words):
    print(*words, flush=True)


class Bench:
    """Where things are, and how one command is run."""

    def __init__(self, options):
        self.work = pathlib.Path(options.work)
        self.binary = pathlib.Path(options.binary).resolve()
        self.tools = pathlib.Path(options.tools).resolve()
        self.harness = pathlib.Path(options.harness)
        self.releases = pathlib.Path(options.releases)
        self.plugins = options.plugins
        self.report = self.work / "report"
        jars = f"{self.harness / 'flink-harness.jar'}:{self.harness / 'lib'}/*"
        self.java = ["java", "-cp", jars, "stateferry.bench.Harness"]
        self.tuned_java = ["java", *options.java_options.split(), *self.java[1:]]

    def measured(self, *commands, stdout=subprocess.PIPE):
        """Runs commands one after the other: seconds of wall and CPU, KiB of the largest."""
        argv = [self.tools / "measure", self.report]
        for number, command in enumerate(commands):
            argv += (["++"] if number else []) + list(command)
        ran = subprocess.run(argv, stdout=stdout, stderr=subprocess.PIPE, text=True, check=False)
        if ran.returncode:
            sys.exit(f"compare: exit code {ran.returncode} of {' '.join(map(str, argv[2:]))}\n"
                     f"{ran.stdout or ''}{ran.stderr}")
        return self.last_report()

    def last_report(self):
        wall, cpu, rss = map(int, self.report.read_text().split())
        return {"wall": wall / 1e9, "cpu": cpu / 1e6, "rss": rss}

    def convert(self, rules, source, target, *more):
        return [self.binary, "-q", "convert", "-r", HERE / "rules" / rules, *more, source, target]

    def make(self, name):
        """The input, made once by Flink's classes."""
        path = self.work / f"input-{name}"
        if not path.exists():
            part = path.with_suffix(".part")
            say(f"making {path.name} with Flink's classes")
            made = subprocess.run(self.maker(name, part), stdout=subprocess.PIPE, text=True, check=True)
            if name in MIXED:
                self.handles_file(name).write_text(made.stdout)
            part.rename(path)
        return path

    def maker(self, name, target):
        if name not in MIXED:
            kind, *numbers = INPUTS[name][1]
            return [*self.java, kind, target, *map(str, numbers)]
        release, *numbers = MIXED[name]
        jars = f"{self.harness / 'flink-harness.jar'}:{self.releases / 'lib' / release}/*"
        return ["java", "-cp", jars, "stateferry.bench.MakeMixed", target, release, *map(str, numbers)]

    def operators_file(self):
        """The names of the operators, which files before version 5 don't hold."""
        path = self.work / "operators.csv"
        most = max(numbers[0] for numbers in MIXED_SIZES.values())
        path.write_text("".join(f"{o:016x}{4711:016x},uid-{o:03},op-{o:03}\n" for o in range(most)))
        return path

    def handles_file(self, name):
        return self.work / f"handles-{name}"

    def handles(self, name):
        """How many locations are rewritten; the input has been made."""
        return int(self.handles_file(name).read_text()) if name in MIXED else INPUTS[name][0]


def digest(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def warm(path):
    with open(path, "rb") as file:
        while file.read(MIB):
            pass


def file_cases(bench, name, source, options):
    """The commands for one input, and the output of each, which must not be there before."""
    out = {}

    def case(label, build):
        target = bench.work / ("output-" + label.replace(" ", "-"))
        out[label] = target

        return lambda: bench.measured(*build(target))

    def stateferry(*more, rules="one-step.yaml"):
        return lambda target: [bench.convert(rules, source, target, *more)]

    def reading(command, *more):
        return lambda: bench.measured([bench.binary, "-q", command, *more], stdout=subprocess.DEVNULL)

    ten = ["--no-sync", "--base-uri", BASE]
    if name in MIXED:
        ten += ["--uids", bench.operators_file()]
    cases = {
        "cp": case("cp", lambda t: [["cp", source, t]]),
        "cp, sync": case("cp, sync", lambda t: [["cp", source, t], ["sync", t]]),
        "convert --no-sync": case("convert --no-sync", stateferry("--no-sync")),
        "convert --no-sync --no-verify": case("convert --no-sync --no-verify", stateferry("--no-sync", "--no-verify")),
        "convert": case("convert", stateferry()),
        "ten steps": case("ten steps", stateferry(*ten, rules="ten-steps.yaml")),
        "tree": case("tree", stateferry("--no-sync", "--reencode")),
        "tree --no-verify": case("tree --no-verify", stateferry("--no-sync", "--reencode", "--no-verify")),
        "inspect": reading("inspect", source),
        "dump": reading("dump", source),
        "plan": reading("plan", "--base-uri", BASE, source, TO),
    }
    if name not in MIXED:
        add_regular_cases(cases, case, stateferry, bench, name, source, options)
        cases["pipe"] = pipe_case(bench, source)
        out["pipe"] = bench.work / "output-pipe"
    return cases, out


def add_regular_cases(cases, case, stateferry, bench, name, source, options):
    """What does not depend on the version."""
    sed = f"LC_ALL=C exec sed 's#{FROM}#{TO}#g' \"$1\" >\"$2\""
    cases["sed"] = case("sed", lambda t: [["sh", "-c", sed, "sed", source, t]])
    if bench.plugins:
        cases["out of tree"] = case(
            "out of tree", stateferry("--no-sync", "--plugin-dir", bench.plugins, rules="out-of-tree.yaml"))
    if name != "10M" and not options.no_flink:
        cases["flink"] = case("flink", lambda t: [[*bench.java, "rewrite", source, t, FROM, TO]])
        cases["flink, tuned JVM"] = case(
            "flink, tuned JVM", lambda t: [[*bench.tuned_java, "rewrite", source, t, FROM, TO]])


def pipe_case(bench, source):
    target = bench.work / "output-pipe"

    def pipe():
        command = bench.convert("pipe.yaml", "-", "-", "--base-uri", BASE)
        with subprocess.Popen(["cat", source], stdout=subprocess.PIPE) as cat, open(target, "wb") as result:
            with subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=result) as sink:
                code = subprocess.run([bench.tools / "measure", bench.report, *command], stdin=cat.stdout,
                                      stdout=sink.stdin, check=False).returncode
                cat.stdout.close()
        if code:
            sys.exit(f"compare: exit code {code} of the pipe")
        return bench.last_report()
    return pipe


class Agreement:
    """Removes each output right after its run, so that no run pays for the disk writes of another, but looks at
    those of the last round first: all must be alike."""

    KEEP = ("convert", "flink", "flink, tuned JVM")

    def __init__(self, out):
        self.out = out
        self.digests = {}
        for path in out.values():
            path.unlink(missing_ok=True)

    def after(self, label, last):
        if label not in self.out:
            return
        if last and label not in ("cp", "cp, sync", "sed"):
            self.digests[label] = digest(self.out[label])
        if not last or label not in self.KEEP:
            self.out[label].unlink()

    def judge(self, bench):
        """By content of file; Flink's also by content of model."""
        agreed = {label: "same bytes" if value == self.digests["convert"] else "DIFFERENT"
                  for label, value in self.digests.items()}
        for label in ("flink", "flink, tuned JVM"):
            if agreed.get(label) == "DIFFERENT" and dump(bench, self.out[label]) == dump(bench, self.out["convert"]):
                agreed[label] = "same content"
        for label in self.KEEP:
            if label in self.out:
                self.out[label].unlink(missing_ok=True)
        return agreed


def dump(bench, path):
    with subprocess.Popen([bench.binary, "dump", path], stdout=subprocess.PIPE) as process:
        result = hashlib.file_digest(process.stdout, "sha256").hexdigest()
    if process.returncode:
        sys.exit(f"compare: can't dump {path}")
    return result


def run_input(bench, name, options):
    source = bench.make(name)
    warm(source)
    runs = max(options.runs, 11) if 2 < options.runs and source.stat().st_size < 200 * MIB else options.runs
    cases, out = file_cases(bench, name, source, options)
    handles = bench.handles(name)
    say(f"\n{name}: {source.stat().st_size:,} bytes, {handles:,} locations to rewrite, {runs} counted runs")
    agreement = Agreement(out)
    cached = max(source.stat().st_size * 5 // 4, 128 * MIB)

    def take(used):
        take_memory(bench.work / "scratch", cached, used)

    results = alternate(cases, runs, take, agreement.after)
    agreed = agreement.judge(bench)
    print_table(results, agreed)
    return {"bytes": source.stat().st_size, "handles": handles, "commands": results, "agreement": agreed}


def print_table(results, agreed):
    cp, flink = results["cp"], results.get("flink")
    say(f"{'command':<30} {'least':>10} {'median':>10} {'most':>10} {'CPU':>9} {'peak MiB':>9} {'x cp':>7} "
        f"{'x faster than Flink':>20}  output")
    for label, row in results.items():
        ratio = f"{against_jvm(flink, row):.1f}" if flink else ""
        say(f"{label:<30} {ms(row['least'])} {ms(row['median'])} {ms(row['most'])} {row['cpu'] * 1e3:>6.0f} ms "
            f"{row['rss_kib'] / 1024:>9.1f} {row['least'] / cp['least']:>7.2f} {ratio:>20}  {agreed.get(label, '')}")


def ms(seconds):
    return f"{seconds * 1e3:>7.1f} ms"


def run_many(bench, options):
    """Many small snapshots in one command."""
    count = options.many
    source = bench.make("10KB")
    many = bench.work / "many"
    shutil.rmtree(many, ignore_errors=True)
    (many / "in").mkdir(parents=True)
    names = [f"in/{number:05}" for number in range(count)]
    for name in names:
        shutil.copyfile(source, many / name)
    help_text = subprocess.run([bench.binary, "convert", "--help"], capture_output=True, text=True, check=True).stdout
    if "--out-dir" not in help_text:
        say("\nmany small snapshots: this build has no --out-dir")
        return None
    rules = HERE / "rules" / "one-step.yaml"

    made = itertools.count()

    # A new directory for each run, and none is removed before the last: for minutes after files were deleted, ext4
    # looks long for an inode that was not one of theirs, which took two thirds of the time of such runs.
    def case(command):
        def once():
            out = f"out{next(made)}"
            (many / out).mkdir()
            here = os.getcwd()
            os.chdir(many)
            try:
                return bench.measured(command(out))
            finally:
                os.chdir(here)
        return once

    def convert(*more):
        return case(lambda out: [bench.binary, "-q", "convert", "-r", rules, *more, "--out-dir", out, *names])

    results = alternate({
        "-j1 --no-sync": convert("-j1", "--no-sync"),
        "-j2 --no-sync": convert("-j2", "--no-sync"),
        "-j1": convert("-j1"),
        "-j2": convert("-j2"),
        "default": convert(),
        "bare loop": case(lambda out: [bench.tools / "bare_loop", source, out, str(count)]),
    }, options.runs)
    say(f"\n{count:,} snapshots of 10 KB in one command")
    for label, row in results.items():
        say(f"{label:<30} {ms(row['least'])} {ms(row['median'])} {ms(row['most'])} {row['cpu'] * 1e3:>6.0f} ms "
            f"{row['rss_kib'] / 1024:>9.1f} MiB {count / row['least']:>10,.0f} per second")
    shutil.rmtree(many)
    return results


def run_latency(bench):
    """How much of the input a pipe needs before it gives its first output."""
    source = bench.make("1M")
    size = source.stat().st_size
    command = bench.convert("pipe.yaml", "-", "-", "--base-uri", BASE)
    given = 0
    first = None
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe) as process, open(source, "rb") as file:
        os.set_blocking(process.stdin.fileno(), False)
        os.set_blocking(process.stdout.fileno(), False)
        piece = b""
        while True:
            piece = piece or file.read(64 << 10)
            if not piece:
                break
            try:
                written = os.write(process.stdin.fileno(), piece)
                given += written
                piece = piece[written:]
            except BlockingIOError:
                time.sleep(0.0002)
            try:
                while os.read(process.stdout.fileno(), MIB):
                    first = given if first is None else first
            except BlockingIOError:
                pass
        process.stdin.close()
        os.set_blocking(process.stdout.fileno(), True)
        while os.read(process.stdout.fileno(), MIB):
            first = given if first is None else first
    if process.returncode:
        sys.exit(f"compare: exit code {process.returncode} of the pipe")
    say(f"\npipe: first output after {first:,} of {size:,} bytes of input")
    return {"given": first, "size": size}


def environment(bench):
    version = subprocess.run([bench.binary, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    model = next((line.split(":", 1)[1].strip() for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines()
                  if line.startswith("model name")), platform.machine())
    file_system = subprocess.run(["df", "--output=fstype", bench.work], capture_output=True, text=True, check=True)
    java = subprocess.run(["java", "-version"], capture_output=True, text=True, check=False).stderr.splitlines()
    return {"date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"), "stateferry": version,
            "cpu": model, "processors": len(os.sched_getaffinity(0)), "kernel": platform.release(),
            "file system": file_system.stdout.split()[-1], "java": java[0] if java else "",
            "options of the tuned JVM": " ".join(bench.tuned_java[1:-3]), "load before": os.getloadavg()[0]}


def chosen_inputs(options):
    if not options.inputs:
        return [name for name in [*INPUTS, *MIXED] if name != "10M" or options.large]
    names = options.inputs.split(",")
    unknown = [name for name in names if name not in INPUTS and name not in MIXED]
    if unknown:
        sys.exit(f"compare: no input {', '.join(unknown)}; there are {', '.join([*INPUTS, *MIXED])}")
    return names


def main():
    parser = argparse.ArgumentParser()
    for name in ("binary", "tools", "harness", "releases", "work", "json"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--plugins", default="")
    parser.add_argument("--java-options", default="-XX:+UseParallelGC -Xms5g")
    parser.add_argument("--inputs", default="")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--many", type=int, default=10_000)
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--no-flink", action="store_true")
    options = parser.parse_args()
    bench = Bench(options)
    names = chosen_inputs(options)
    result = {"environment": environment(bench)}
    for key, value in result["environment"].items():
        say(f"{key}: {value}")
    result["inputs"] = {name: run_input(bench, name, options) for name in names}
    result["many"] = run_many(bench, options) if options.many else None
    result["many count"] = options.many
    result["pipe"] = run_latency(bench) if "1M" in names else None
    result["environment"]["load after"] = os.getloadavg()[0]
    result["goals"] = judge(result)
    say("\ngoals")
    words = {True: "met", False: "NOT MET", None: "-"}
    for row in result["goals"]:
        say(f"{words[row['met']]:<8} {row['goal']}: {row['measured']}")
    path = pathlib.Path(options.json)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n")
    say(f"\nwrote {path}; load average before {result['environment']['load before']:.1f}, "
        f"after {result['environment']['load after']:.1f}")
    if any(word == "DIFFERENT" for entry in result["inputs"].values() for word in entry["agreement"].values()):
        sys.exit("compare: outputs differ")


main()
