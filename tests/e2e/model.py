"""What the job's state must be, computed from nothing but the job's definition (src/common/…/Job.java)."""

FIRST, FURTHER, ALL = 500, 550, 600
KEYS = 20
RULES = 6
PARTITIONS, BRIEF_PARTITIONS = 4, 2
TIMER = 1_000_000_000


def snapshot(ticks, parallelism=2, finished=False, twins=False, read=FIRST):
    """What the operators put into a snapshot taken when so many records of each partition were processed."""
    lines = [f"numbers numbers-{i} {read}" for i in range(PARTITIONS)]
    if ticks:
        lines += [f"ticks ticks-{i} {read}" for i in range(PARTITIONS)]
    for i in range(BRIEF_PARTITIONS):
        if not (finished and i == 1):
            lines += [f"brief brief-{i} {read}", f"counter brief-{i} {sum(range(read))}"]
    if not finished:
        lines.append(f"rules-source {RULES}")
    for subtask in range(parallelism):
        partitions = len(range(subtask, PARTITIONS, parallelism))
        lines.append(f"tagger {subtask} {partitions * read}")
        if twins:
            lines += ["twins-union same", "twins-split one", "twins-split other", "twins-broadcast key=value"]
    return sorted(lines)


def report(taken, ticks, parallelism=2, finished=False, without_brief=False, wide=None):
    """What the job must tell when it was restored from a snapshot and has read all input.

    `taken` is what the operators say that they put into the snapshot. Union and broadcast state is told by each
    of the `parallelism` subtasks; `wide` are those of the tagger.
    """
    lines = []
    for line in taken:
        operator, rest = line.split(" ", 1)
        if operator == "tagger":
            lines += [f"restored tagger {subtask} of {rest}" for subtask in range(wide or parallelism)]
        elif operator == "twins-union":
            lines += [f"restored twins-union {subtask} {rest}" for subtask in range(parallelism)]
        elif operator == "twins-broadcast":
            pass  # Each has it once, however many have saved it: below.
        elif operator == "ticks" and rest.endswith(" 0"):
            pass  # The job can't tell a split from the state from one that the enumerator gave away.
        elif not (without_brief and operator in ("brief", "counter")):
            lines.append("restored " + line)
    lines += [f"restored judge {subtask} rule-{i}=applies rule-{i}"
              for subtask in range(parallelism) for i in range(RULES)]
    if any(line.startswith("twins-broadcast ") for line in taken):
        lines += [f"restored twins-broadcast {subtask} key=value" for subtask in range(parallelism)]
    if ticks:
        lines.append("restored ticks-enumerator " + ",".join(f"ticks-{i}" for i in range(PARTITIONS)))
    lines.append(f"final judge rules known after the restore {RULES}")
    if not without_brief:
        lines += [f"final counter brief-{i} {sum(range(ALL))}" for i in range(BRIEF_PARTITIONS)
                  if not (finished and i == 1)]
    lines += [totals(key, ticks) for key in range(KEYS)]
    return sorted(lines)


def totals(key, ticks):
    """The keyed state of one key at the end of all input."""
    count, sums, sevenths = 0, {}, []
    for source in ["numbers", "ticks"] if ticks else ["numbers"]:
        for place in range(PARTITIONS):
            partition = f"{source}-{place}"
            numbers = [number for number in range(ALL) if (place * 31 + number) % KEYS == key]
            count += len(numbers)
            sums[partition] = sum(numbers)
            sevenths += [f"{partition}:{number}" for number in numbers if number % 7 == 0]
    sums = ", ".join(f"{partition}={value}" for partition, value in sorted(sums.items()))
    return (f"final totals k{key} timer={TIMER + key} count={count} sums={{{sums}}}"
            f" sevenths=[{', '.join(sorted(sevenths))}]")
