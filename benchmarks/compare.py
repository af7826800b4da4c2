"""Runs the commands of compare.sh side by side, prints the table and judges the goals.

Times are of whole processes, taken by tools/measure (see there why not by this program). In each round every
command runs once, in an order that shifts by one from round to round; the first round warms up and is not counted.
"""

import argparse
import datetime
import hashlib
import json
import mmap
import os
import pathlib
import platform
import shutil
import statistics
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
FROM, TO = "s3://bucket-old/flink", "s3://bucket-of-the-new-region/flink"
BASE = "s3://bucket-old/flink/checkpoints/00000000000000000000000000001234/chk-7"
MIB = 1 << 20
ZEROS = bytes(MIB)

# name: (file handles that are rewritten, generator and its arguments)
INPUTS = {
    "10KB": (72, ["incremental", 2, 2, 17]),
    "10k": (10_010, ["incremental", 5, 77, 25]),
    "100k": (100_100, ["incremental", 10, 385, 25]),
    "1M": (999_700, ["incremental", 50, 769, 25]),
    "10M": (9_997_000, ["incremental", 500, 769, 25]),
    "1GiB": (1_973, ["inline", 1973, 200]),
}


def say(*words):
    print(*words, flush=True)


class Bench:
    """Where things are, and how one command is run."""

    def __init__(self, options):
        self.work = pathlib.Path(options.work)
        self.binary = options.binary
        self.tools = pathlib.Path(options.tools)
        self.harness = options.harness
        self.plugins = options.plugins
        self.report = self.work / "report"
        jars = f"{self.harness}/flink-harness.jar:{self.harness}/lib/*"
        self.java = ["java", "-cp", jars, "stateferry.bench.Harness"]
        self.tuned_java = ["java", *options.java_options.split(), *self.java[1:]]

    def measured(self, *commands):
        """Runs commands one after the other: seconds of wall and CPU, KiB of the largest."""
        argv = [self.tools / "measure", self.report]
        for number, command in enumerate(commands):
            argv += (["++"] if number else []) + list(command)
        ran = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        if ran.returncode:
            sys.exit(f"compare: exit code {ran.returncode} of {' '.join(map(str, argv[2:]))}\n{ran.stdout}")
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
            kind, *numbers = INPUTS[name][1]
            part = path.with_suffix(".part")
            say(f"making {path.name} with Flink's classes")
            subprocess.run([*self.java, kind, part, *map(str, numbers)], check=True)
            part.rename(path)
        return path


def digest(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def warm(path):
    with open(path, "rb") as file:
        while file.read(MIB):
            pass


def summary(runs):
    walls = [run["wall"] for run in runs]
    return {"runs": len(runs), "least": min(walls), "median": statistics.median(walls), "most": max(walls),
            "cpu": min(run["cpu"] for run in runs), "rss_kib": max(run["rss"] for run in runs)}


def take_memory(file, cached, used):
    """Has so many bytes written to a file and so many used by a process, and all of it free again.

    A virtual machine hands memory that was free for a moment back to its host, and whoever gets it next pays for it:
    2.2 s per GiB where this was seen, nine times what the copy itself takes, for `cp` as for any other.
    """
    with open(file, "wb", buffering=0) as scratch:
        for _ in range(-(-cached // MIB)):
            scratch.write(ZEROS)
        with mmap.mmap(-1, max(used, 1), flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | mmap.MAP_POPULATE):
            pass
    file.unlink()


def alternate(cases, runs, take=lambda used: None, after=lambda name, last: None):
    """cases: {name: function that runs once}; before each run `take` gets the bytes of memory that this command used
    the time before, and `after` is called after it. Returns {name: summary}."""
    taken = {name: [] for name in cases}
    needs = dict.fromkeys(cases, 0)
    names = list(cases)
    for round_number in range(runs + 1):
        shift = round_number % len(names)
        for name in names[shift:] + names[:shift]:
            take(needs[name])
            result = cases[name]()
            needs[name] = result["rss"] * 1024
            if round_number:
                taken[name].append(result)
            after(name, round_number == runs)
    return {name: summary(results) for name, results in taken.items()}


def file_cases(bench, name, source, options):
    """The commands for one input, and the output of each, which must not be there before."""
    out = {}

    def case(label, build):
        target = bench.work / ("output-" + label.replace(" ", "-"))
        out[label] = target

        return lambda: bench.measured(*build(target))

    def stateferry(*more, rules="one-step.yaml"):
        return lambda target: [bench.convert(rules, source, target, *more)]

    sed = f"LC_ALL=C exec sed 's#{FROM}#{TO}#g' \"$1\" >\"$2\""
    cases = {
        "cp": case("cp", lambda t: [["cp", source, t]]),
        "cp, sync": case("cp, sync", lambda t: [["cp", source, t], ["sync", t]]),
        "sed": case("sed", lambda t: [["sh", "-c", sed, "sed", source, t]]),
        "convert --no-sync": case("convert --no-sync", stateferry("--no-sync")),
        "convert --no-sync --no-verify": case("convert --no-sync --no-verify", stateferry("--no-sync", "--no-verify")),
        "convert": case("convert", stateferry()),
        "ten steps": case("ten steps", stateferry("--no-sync", "--base-uri", BASE, rules="ten-steps.yaml")),
        "tree": case("tree", stateferry("--no-sync", "--reencode")),
        "tree --no-verify": case("tree --no-verify", stateferry("--no-sync", "--reencode", "--no-verify")),
    }
    if bench.plugins:
        cases["out of tree"] = case(
            "out of tree", stateferry("--no-sync", "--plugin-dir", bench.plugins, rules="out-of-tree.yaml"))
    if name != "10M" and not options.no_flink:
        cases["flink"] = case("flink", lambda t: [[*bench.java, "rewrite", source, t, FROM, TO]])
        cases["flink, tuned JVM"] = case(
            "flink, tuned JVM", lambda t: [[*bench.tuned_java, "rewrite", source, t, FROM, TO]])
    target = bench.work / "output-pipe"
    out["pipe"] = target

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
    cases["pipe"] = pipe
    return cases, out


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
    runs = max(options.runs, 11) if source.stat().st_size < 200 * MIB else options.runs
    cases, out = file_cases(bench, name, source, options)
    say(f"\n{name}: {source.stat().st_size:,} bytes, {INPUTS[name][0]:,} locations to rewrite, {runs} counted runs")
    agreement = Agreement(out)
    cached = max(source.stat().st_size * 5 // 4, 1024 * MIB)

    def take(used):
        take_memory(bench.work / "scratch", cached, used)

    results = alternate(cases, runs, take, agreement.after)
    agreed = agreement.judge(bench)
    print_table(results, agreed)
    return {"bytes": source.stat().st_size, "handles": INPUTS[name][0], "commands": results, "agreement": agreed}


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


def against_jvm(flink, row):
    """The smaller of the wall and the CPU ratio."""
    return min(flink["least"] / row["least"], flink["cpu"] / max(row["cpu"], 1e-4))


def run_many(bench, options):
    """Many small snapshots in one command."""
    count = options.many
    source = bench.make("10KB")
    many = bench.work / "many"
    shutil.rmtree(many, ignore_errors=True)
    (many / "in").mkdir(parents=True)
    names = [f"in/{number:04}" for number in range(count)]
    for name in names:
        shutil.copyfile(source, many / name)
    help_text = subprocess.run([bench.binary, "convert", "--help"], capture_output=True, text=True, check=True).stdout
    if "--out-dir" not in help_text:
        say("\nmany small snapshots: this build has no --out-dir")
        return None
    rules = HERE / "rules" / "one-step.yaml"

    def case(command):
        def once():
            shutil.rmtree(many / "out", ignore_errors=True)
            (many / "out").mkdir()
            here = os.getcwd()
            os.chdir(many)
            try:
                return bench.measured(command)
            finally:
                os.chdir(here)
        return once

    def convert(*more):
        return case([bench.binary, "-q", "convert", "-r", rules, *more, "--out-dir", "out", *names])

    results = alternate({
        "-j1 --no-sync": convert("-j1", "--no-sync"),
        "-j2 --no-sync": convert("-j2", "--no-sync"),
        "-j1": convert("-j1"),
        "-j2": convert("-j2"),
        "default": convert(),
        "bare loop": case([bench.tools / "bare_loop", source, "out", str(count)]),
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


class Goals:
    """The goals of the project, each with what was measured."""

    def __init__(self):
        self.rows = []

    def add(self, text, value, met):
        self.rows.append({"goal": text, "measured": value, "met": met})

    def at_most(self, text, value, bound, unit=""):
        self.add(f"{text} ≤ {bound:g}{unit}", f"{value:.2f}{unit}", value <= bound)

    def at_least(self, text, value, bound, unit=""):
        self.add(f"{text} ≥ {bound:g}{unit}", f"{value:.2f}{unit}", value >= bound)

    def unknown(self, text, why):
        self.add(text, why, None)


def judge_copy(goals, inputs, name, bound):
    rows = inputs[name]["commands"]
    total = rows["convert --no-sync"]["least"] / rows["cp"]["least"]
    bare = rows["convert --no-sync --no-verify"]["least"] / rows["cp"]["least"]
    apart = bare <= bound and total - bare < 1
    goals.add(f"{name}: convert --no-sync ≤ {bound:g} × cp, the read-back in it or apart and under 1 × cp",
              f"{total:.2f}; {bare:.2f} and {total - bare:.2f} for the read-back", total <= bound or apart)
    synced = rows["convert"]["least"] / rows["cp, sync"]["least"]
    goals.at_most(f"{name}: convert, × cp and sync", synced, bound)


def judge_flink(goals, rows, name, bound):
    """With the JVM's defaults, as Flink's users run it; the tuned JVM is told beside it."""
    def ratio(flink, row):
        return against_jvm(rows[flink], rows[row])
    total, bare = ratio("flink", "convert --no-sync"), ratio("flink", "convert --no-sync --no-verify")
    tuned = ratio("flink, tuned JVM", "convert --no-sync --no-verify")
    goals.add(f"{name}: convert --no-sync ≥ {bound:g} × faster than Flink's serializer, the read-back in it or apart",
              f"{total:.1f}; {bare:.1f} without the read-back; {tuned:.1f} against a tuned JVM", bare >= bound)


def judge(inputs, many, latency):
    goals = Goals()
    for name, bound in (("1M", 2.0), ("1GiB", 1.3), ("10KB", 3.0)):
        if name in inputs:
            judge_copy(goals, inputs, name, bound)
    for name, bound in (("1M", 100), ("1GiB", 3)):
        rows = inputs.get(name, {}).get("commands", {})
        if "flink" in rows:
            judge_flink(goals, rows, name, bound)
    judge_memory(goals, inputs)
    if "1M" in inputs:
        rows = inputs["1M"]["commands"]
        one = rows["convert --no-sync"]["least"]
        goals.at_most("1M: ten steps with where, × one step", rows["ten steps"]["least"] / one, 3.0)
        if "out of tree" in rows:
            goals.at_most("1M: a transform from out of tree, × ours", rows["out of tree"]["least"] / one, 1.1)
        else:
            goals.unknown("1M: a transform from out of tree costs the same", "not built")
    goals.unknown("10KB: ≥ 50 × faster than the Java tool of 2020", "not available, not measured")
    judge_many(goals, many)
    if latency:
        goals.add("pipe: first output before the last input",
                  f"after {latency['given'] / latency['size']:.1%} of it", latency["given"] < latency["size"])
    judge_growth(goals, inputs)
    wrong = [f"{name}: {label}" for name, entry in inputs.items()
             for label, word in entry["agreement"].items() if word == "DIFFERENT"]
    goals.add("all outputs agree", ", ".join(wrong) or "yes", not wrong)
    return goals.rows


def judge_memory(goals, inputs):
    splicing = ("convert --no-sync", "convert --no-sync --no-verify", "convert", "out of tree", "pipe")
    most = max((row["rss_kib"] / 1024, f"{name}, {label}") for name, entry in inputs.items()
               for label, row in entry["commands"].items() if label in splicing)
    goals.add("peak memory ≤ 16 MiB at any size, one step", f"{most[0]:.1f} MiB ({most[1]})", most[0] <= 16)
    bounds = (("1M", "tree", 2.0, ""), ("1GiB", "tree --no-verify", 1.1, " (no copy of inline state)"))
    for name, command, bound, why in bounds:
        if name in inputs:
            ratio = inputs[name]["commands"][command]["rss_kib"] * 1024 / inputs[name]["bytes"]
            goals.at_most(f"{name}: peak memory of the {command}{why}, × input", ratio, bound)


def judge_many(goals, many):
    if many:
        least = {name: row["least"] for name, row in many.items()}
        goals.at_least("many: -j1 / -j2 with --no-sync", least["-j1 --no-sync"] / least["-j2 --no-sync"], 1.7)
        goals.at_least("many: rate by default, × bare loop", least["bare loop"] / least["default"], 0.7)
    else:
        goals.unknown("many small snapshots in one command", "not measured")


def judge_growth(goals, inputs):
    sizes = [name for name in ("100k", "1M", "10M") if name in inputs]
    if len(sizes) < 2:
        return
    start = inputs["10KB"]["commands"]["convert --no-sync"]["least"] if "10KB" in inputs else 0
    each = {name: (inputs[name]["commands"]["convert --no-sync"]["least"] - start) / inputs[name]["handles"] * 1e9
            for name in sizes}
    ratio = max(each.values()) / min(each.values())
    goals.add(f"linear: cost per handle at {', '.join(sizes)} within 1.5",
              f"{ratio:.2f} ({', '.join(f'{value:.0f} ns' for value in each.values())})", ratio <= 1.5)


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


def main():
    parser = argparse.ArgumentParser()
    for name in ("binary", "tools", "harness", "work", "json"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--plugins", default="")
    parser.add_argument("--java-options", default="-XX:+UseParallelGC -Xms5g")
    parser.add_argument("--inputs", default="")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--many", type=int, default=1000)
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--no-flink", action="store_true")
    options = parser.parse_args()
    bench = Bench(options)
    names = options.inputs.split(",") if options.inputs else [name for name in INPUTS if name != "10M" or options.large]
    result = {"environment": environment(bench)}
    for key, value in result["environment"].items():
        say(f"{key}: {value}")
    result["inputs"] = {name: run_input(bench, name, options) for name in names}
    result["many"] = run_many(bench, options) if options.many else None
    result["many count"] = options.many
    result["pipe"] = run_latency(bench) if "1M" in names else None
    result["environment"]["load after"] = os.getloadavg()[0]
    result["goals"] = judge(result["inputs"], result["many"], result["pipe"])
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
