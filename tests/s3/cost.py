#!/usr/bin/env python3
"""Counts the requests that stateferry makes to a real S3 server, by that server's own log.

usage: cost.py BINARY WORK [CASE...]

BINARY is stateferry in a build or an installation; WORK a folder where the S3 server (versitygw) is
built once and kept. Nothing is judged by time. Prints one line per case, then passed=N failed=N
skipped=N. Leaves behind: WORK.
"""

import collections
import os
import pathlib
import re
import subprocess
import sys
import time

SOURCE = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(SOURCE / "tests" / "support"))

from cases import is_missing, run_cases  # noqa: E402  pylint: disable=wrong-import-position
from proxy import Proxy  # noqa: E402  pylint: disable=wrong-import-position
from server import KEY, SECRET, Server, server_program  # noqa: E402  pylint: disable=wrong-import-position

JOB = "s3://bucket-old/job"
CHECKPOINT = f"{JOB}/chk-1"
TARGET = "s3://bucket-new/there"


def lists(request, bucket="bucket-old"):
    """Whether a request asks for a listing."""
    return request.command == "GET" and request.path.startswith(f"/{bucket}?") and "prefix=" in request.path


class Case:
    """An incremental checkpoint in bucket-old, and stateferry to move it."""

    def __init__(self, binary, program, folder):
        self.binary = binary
        self.folder = folder
        self.log = folder / "requests"
        self.server = Server(program, folder / "buckets", self.log)
        self.old = self.server.bucket("bucket-old")
        self.new = self.server.bucket("bucket-new")
        self.port = self.server.port
        self.requests = collections.Counter()
        self.said = ""

    def stop(self):
        self.server.stop()

    def behind(self, fault):
        """A proxy that spoils what `fault` picks stands before the server from now on."""
        proxy = Proxy(self.server.port, fault)
        self.port = proxy.port
        return proxy

    def snapshot(self, files, *more):
        subprocess.run([sys.executable, SOURCE / "tests/support/make_snapshot.py", self.old / "job", str(files),
                        "--root", JOB, "--size", "64", *more], check=True)

    def foreign(self, directory, files):
        """Files that no snapshot knows."""
        directory.mkdir(parents=True, exist_ok=True)
        for i in range(files):
            (directory / f"another-{i:06}").touch()

    def read_log(self):
        return self.log.read_text().splitlines() if self.log.exists() else []

    def stateferry(self, *arguments, exit_code=0):
        """Runs it, counts what it asks for, and returns what it prints."""
        config = self.folder / "config.yaml"
        config.write_text("remotes:\n  s3: {provider: Other, region: us-east-1, "
                          f"endpoint: 'http://127.0.0.1:{self.port}'}}\n")
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.folder),
                       "AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET}
        before = len(self.read_log())
        done = subprocess.run([self.binary, *arguments, "--config", str(config)], env=environment, text=True,
                              capture_output=True, timeout=200, check=False)
        self.said = done.stderr
        assert done.returncode == exit_code, f"exit {done.returncode}, not {exit_code}:\n{done.stderr}"
        self.requests = collections.Counter()
        for line in self.read_log()[before:]:
            operation = re.search(r" s3_(\w+) ", line)
            if operation:
                self.requests[operation[1]] += 1
        return done.stdout

    def costs(self, at_most, **kinds):
        """How many requests it may have made in all, and of single kinds."""
        total = sum(self.requests.values())
        print(f"  {total} requests: {dict(self.requests)}")
        assert total <= at_most, f"{total} requests, not {at_most}"
        for kind, most in kinds.items():
            assert self.requests[kind] <= most, f"{self.requests[kind]} times {kind}, not {most}"


def case_an_object_costs_one_request(case):
    files = 3000
    case.snapshot(files)
    case.stateferry("move", CHECKPOINT, TARGET)
    case.costs(1.05 * files, CopyObject=files, HeadObject=8, GetObject=8, ListObjects=16)
    for path in (case.old / "job/shared").iterdir():
        assert (case.new / "there/shared" / path.name).read_bytes() == path.read_bytes(), path
    case.stateferry("verify", f"{TARGET}/chk-1")
    case.costs(8, ListObjects=4)


def case_a_few_files_are_asked_for_one_by_one(case):
    case.snapshot(7)
    case.foreign(case.old / "job/shared", 3000)
    case.foreign(case.new / "there/shared", 3000)
    case.stateferry("verify", CHECKPOINT)
    case.costs(7 + 6, ListObjects=1)
    case.stateferry("move", CHECKPOINT, TARGET)
    # A look at the source, one at the target, the copy, and a look at that.
    case.costs(4 * 7 + 16, ListObjects=2)


def case_a_listing_costs_no_more_than_asking(case):
    case.snapshot(40)
    case.foreign(case.old / "job/shared", 30_000)
    case.stateferry("verify", CHECKPOINT)
    case.costs(40 + 20 + 6)


def case_each_file_in_a_directory_of_its_own(case):
    case.snapshot(100)
    for path in list((case.old / "job/shared").iterdir()):
        path.rename(path.with_name("moved"))
        path.mkdir()
        path.with_name("moved").rename(path / path.name)
    plan = case.folder / "plan.csv"
    rows = [f"{JOB}/shared/{p.name}/{p.name},{TARGET}/{p.name}/{p.name},{(p / p.name).stat().st_size},,,,,,"
            for p in (case.old / "job/shared").iterdir()]
    plan.write_text("\n".join(["source,target,bytes,at-least,offset,length,role,operator,handles", *rows, ""]))
    case.stateferry("copy", str(plan))
    case.costs(4 * 100 + 8, ListObjects=0)


def case_nothing_is_listed_that_need_not_be(case):
    case.snapshot(10)
    case.foreign(case.new / "there/shared", 3000)
    case.stateferry("move", "--dry-run", CHECKPOINT, TARGET)
    case.costs(10 + 12, ListObjects=2)


def case_a_role_that_may_read_but_not_list(case):
    case.snapshot(40)
    case.behind(lambda n, request: 403 if lists(request) else None)
    case.stateferry("move", CHECKPOINT, TARGET)
    assert case.requests["HeadObject"] >= 40, case.requests
    case.costs(3 * 40 + 20)
    # Where nothing may be listed, a file that isn't there is denied.
    next((case.old / "job/shared").iterdir()).unlink()
    case.behind(lambda n, request: 403 if lists(request) else "unlisted" if request.command == "HEAD" else None)
    case.stateferry("verify", CHECKPOINT, exit_code=77)
    assert "where a bucket may not be listed, files that aren't there are denied" in case.said, case.said


def case_what_was_lost_comes_back_by_the_same_command(case):
    case.snapshot(40)
    case.stateferry("move", CHECKPOINT, TARGET)
    lost = next((case.new / "there/shared").iterdir())
    content = lost.read_bytes()
    lost.unlink()
    case.stateferry("move", CHECKPOINT, TARGET)
    assert lost.read_bytes() == content
    case.stateferry("verify", f"{TARGET}/chk-1")


def case_a_server_that_dies_half_way(case):
    case.snapshot(200)

    def fault(n, _):
        if n == 60:
            case.server.process.kill()
        return "close" if n >= 60 else None

    case.behind(fault)
    started = time.monotonic()
    case.stateferry("move", CHECKPOINT, TARGET, exit_code=69)  # ends by itself
    print(f"  an end after {time.monotonic() - started:.0f} s")
    assert "E-STORE-UNREACHABLE" in case.said and "trying again: " in case.said, case.said


def main():
    binary = os.path.abspath(sys.argv[1])
    work = pathlib.Path(sys.argv[2]).absolute()
    if is_missing(["rclone"]):
        return 0
    work.mkdir(parents=True, exist_ok=True)
    program = server_program(work)
    return run_cases(globals(), sys.argv[3:], lambda _, folder: Case(binary, program, folder))


if __name__ == "__main__":
    sys.exit(main())
