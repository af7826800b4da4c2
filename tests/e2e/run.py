#!/usr/bin/env python3
"""Has real Flink releases restore what stateferry has rewritten: every release × kind of snapshot × scenario.

    tests/e2e/run.py --binary BIN --work DIR [--ci | --only GLOB…] [--publish] [--jobs N]

--ci runs the fixed subset of matrix.py; --only those cells whose RELEASE/KIND/SCENARIO matches one of the globs.
--publish writes results.json beside this file and what follows from it (see table.py); with --only, the cells that
don't run now are taken from DIR/results.json, where earlier runs left them.
Leaves behind: DIR, with the snapshots of the cells that failed, each JVM's log, results.json, and what Maven keeps
in its local repository.
"""

import argparse
import concurrent.futures
import fnmatch
import json
import pathlib
import shutil
import subprocess
import sys
import threading
import time
import traceback

import flink
import matrix
import scenarios
import store
import table


def cells(arguments):
    """The chosen cells, as a map from release and kind to names of scenarios."""
    globs = arguments.only or (matrix.CI if arguments.ci else ["*"])
    chosen = {}
    for release, kind, scenario in scenarios.all_cells():
        name = scenarios.cell_name(release, kind, scenario)
        if any(fnmatch.fnmatchcase(name, glob) for glob in globs):
            chosen.setdefault((release, kind), []).append(scenario)
    return chosen


class Runner:
    def __init__(self, arguments):
        self.binary = arguments.binary.resolve()
        self.work = arguments.work.resolve()
        self.flinks = {release.name: flink.Flink(release, self.work) for release in matrix.RELEASES}
        self.store = store.Store(self.work)
        self.results = []
        self.lock = threading.Lock()

    def record(self, release, kind, scenario, outcome, note, started):
        seconds = time.monotonic() - started
        name = scenarios.cell_name(release, kind, scenario)
        with self.lock:
            self.results.append({"cell": name, "release": release.name, "kind": kind.name, "scenario": scenario,
                                 "outcome": outcome, "note": note, "seconds": round(seconds, 1)})
            if outcome == "failed":
                print(f"FAILED {name}: {note}", flush=True)
            else:
                print(f"{outcome:14} {seconds:5.1f} s  {name}{': ' + note if note else ''}", flush=True)

    def unit(self, release, kind, names):
        """All scenarios of one snapshot."""
        started = time.monotonic()
        try:
            lacks = self.flinks[release.name].lacks(kind.needs)
            if lacks:
                for name in names:
                    self.record(release, kind, name, "not applicable", lacks, started)
                return
            case = scenarios.Case(release, kind, self.flinks, self.store, self.binary, self.work / "runs")
            case.write()
        except Exception as problem:
            self.tell(release, kind)
            for name in names:
                self.record(release, kind, name, "failed", f"no snapshot: {problem}", started)
            return
        broken = False
        for name in names:
            broken |= self.scenario(case, name)
        if not broken:
            shutil.rmtree(case.work)

    def scenario(self, case, name):
        """Runs one; returns whether it failed."""
        started = time.monotonic()
        try:
            outcome, note = "restored", scenarios.SCENARIOS[name](case) or ""
            if note.startswith("refused"):
                outcome, note = note.split(": ", 1)
        except scenarios.NotApplicable as reason:
            outcome, note = "not applicable", str(reason)
        except (scenarios.Failed, flink.Refused) as problem:
            outcome, note = "failed", str(problem)
        except Exception as problem:
            self.tell(case.release, case.kind)
            outcome, note = "failed", repr(problem)
        self.record(case.release, case.kind, name, outcome, note, started)
        return outcome == "failed"

    def tell(self, release, kind):
        with self.lock:
            print(f"  in {release.name}/{kind.name}:", flush=True)
            traceback.print_exc(file=sys.stdout)

    def run(self, chosen, jobs):
        units = sorted(chosen.items(), key=lambda unit: matrix.KINDS.index(unit[0][1]))
        with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
            for future in [pool.submit(self.unit, *key, names) for key, names in units]:
                future.result()
        running = [*self.flinks.values(), *self.store.flinks.values()]
        for each in running:
            each.end()
        for each in running:
            each.stop()
        self.store.stop()


def keep(ran, arguments):
    """Puts the results of this run beside or in the place of earlier ones, and returns all."""
    file = arguments.work / "results.json"
    version = subprocess.run([arguments.binary, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    known = {cell["cell"]: cell for cell in json.loads(file.read_text())} if file.exists() else {}
    for cell in ran:
        known[cell["cell"]] = cell | {"date": time.strftime("%Y-%m-%d"), "with": [version, flink.java_version()]}
    file.write_text(json.dumps(list(known.values()), indent=1) + "\n")
    return known


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True, type=pathlib.Path)
    parser.add_argument("--work", required=True, type=pathlib.Path)
    parser.add_argument("--ci", action="store_true")
    parser.add_argument("--only", nargs="+", default=[], metavar="GLOB")
    parser.add_argument("--publish", action="store_true")
    parser.add_argument("--jobs", type=int, default=flink.processors())
    arguments = parser.parse_args()
    arguments.work.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    runner = Runner(arguments)
    runner.run(cells(arguments), arguments.jobs)
    results = keep(runner.results, arguments)
    if arguments.publish:
        table.publish(results)
    failed = sum(result["outcome"] == "failed" for result in runner.results)
    print(f"{time.monotonic() - started:.0f} s")
    print(f"passed={len(runner.results) - failed} failed={failed} skipped=0")
    return 1 if failed or not runner.results else 0


if __name__ == "__main__":
    sys.exit(main())
