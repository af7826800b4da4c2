"""Runs commands in turn, so that what else the machine does hits all of them, and sums up what they took."""

import mmap
import statistics

MIB = 1 << 20
ZEROS = bytes(MIB)


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
