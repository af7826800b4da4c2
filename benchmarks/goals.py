"""The goals of the project, each judged by the figures of one run of compare.py.

Ratios compare least times. The copy that a time is held against is that of the same file.
"""


def against_jvm(flink, row):
    """The smaller of the wall and the CPU ratio."""
    return min(flink["least"] / row["least"], flink["cpu"] / max(row["cpu"], 1e-4))


class Goals:
    """Each goal with what was measured."""

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


def is_1m(name):
    """A million handles in any version, and about 10,000 in none."""
    return name == "1M" or name.endswith("-1M")


def least(entry, command):
    return entry["commands"][command]["least"]


def judge_copy(goals, name, entry, bound):
    """With the read-back in it."""
    goals.at_most(f"{name}: convert --no-sync, × cp", least(entry, "convert --no-sync") / least(entry, "cp"), bound)
    goals.at_most(f"{name}: convert, × cp and sync", least(entry, "convert") / least(entry, "cp, sync"), bound)


def judge_1m(goals, name, entry):
    rows = entry["commands"]
    cp, one = least(entry, "cp"), least(entry, "convert --no-sync")
    judge_copy(goals, name, entry, 2.0)
    goals.at_most(f"{name}: ten steps with where, × one step", least(entry, "ten steps") / one, 1.3)
    goals.at_most(f"{name}: convert --no-sync --reencode, × cp", least(entry, "tree") / cp, 4)
    goals.at_most(f"{name}: peak memory of --reencode, × input", rows["tree"]["rss_kib"] * 1024 / entry["bytes"], 1.0)
    for command, times, mib in (("inspect", 3, 16), ("dump", 10, 32)):
        goals.at_most(f"{name}: {command}, × cp", least(entry, command) / cp, times)
        goals.at_most(f"{name}: peak memory of {command}", rows[command]["rss_kib"] / 1024, mib, " MiB")
    goals.at_most(f"{name}: plan", least(entry, "plan"), 1.0, " s")
    goals.at_most(f"{name}: peak memory of plan", rows["plan"]["rss_kib"] / 1024, 128, " MiB")


def judge_flink(goals, rows, name, bound):
    """With the JVM's defaults, as Flink's users run it; the tuned JVM is told beside it."""
    total = against_jvm(rows["flink"], rows["convert --no-sync"])
    tuned = against_jvm(rows["flink, tuned JVM"], rows["convert --no-sync"])
    goals.add(f"{name}: convert --no-sync ≥ {bound:g} × faster than Flink's serializer",
              f"{total:.1f}; {tuned:.1f} against a tuned JVM", total >= bound)


def judge(figures):
    """figures: what compare.py is going to write. Returns rows of goal, measured, met."""
    inputs, latency = figures["inputs"], figures["pipe"]
    goals = Goals()
    for name, bound in (("1GiB", 1.3), ("10KB", 2.0)):
        if name in inputs:
            judge_copy(goals, name, inputs[name], bound)
    for name, entry in inputs.items():
        if is_1m(name):
            judge_1m(goals, name, entry)
    for name, bound in (("1M", 100), ("1GiB", 3)):
        rows = inputs.get(name, {}).get("commands", {})
        if "flink" in rows:
            judge_flink(goals, rows, name, bound)
    judge_memory(goals, inputs)
    if "out of tree" in inputs.get("1M", {}).get("commands", {}):
        ratio = least(inputs["1M"], "out of tree") / least(inputs["1M"], "convert --no-sync")
        goals.at_most("1M: a transform from out of tree, × ours", ratio, 1.1)
    else:
        goals.unknown("1M: a transform from out of tree costs the same", "not measured")
    goals.unknown("10KB: ≥ 50 × faster than the Java tool of 2020", "not available, not measured")
    judge_many(goals, figures["many"], figures["many count"])
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
    goals.add("peak memory ≤ 16 MiB at any size and version, one step", f"{most[0]:.1f} MiB ({most[1]})",
              most[0] <= 16)
    if "1GiB" in inputs:
        entry = inputs["1GiB"]
        ratio = entry["commands"]["tree"]["rss_kib"] * 1024 / entry["bytes"]
        goals.at_most("1GiB: peak memory of --reencode, × input", ratio, 1.0)


def judge_many(goals, many, count):
    if not many:
        goals.unknown("many small snapshots in one command", "not measured")
        return
    times = {name: row["least"] for name, row in many.items()}
    goals.at_least("many: -j1 / -j2 with --no-sync", times["-j1 --no-sync"] / times["-j2 --no-sync"], 1.9)
    rate = count / times["-j2 --no-sync"]
    goals.add("many: ≥ 5,000 snapshots a second, -j2 --no-sync", f"{rate:,.0f}", rate >= 5000)
    goals.at_least("many: rate by default, × bare loop", times["bare loop"] / times["default"], 0.7)


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
