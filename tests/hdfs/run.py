#!/usr/bin/env python3
"""Moves real snapshots into, within and out of a real HDFS on this machine, with one name node and with two.

usage: run.py BINARY CONFORMANCE WORK [CASE...]

BINARY is stateferry in a build or an installation; CONFORMANCE the program storage_conformance of a build; WORK a folder
where Hadoop, which Maven fetches, is kept. Needs rclone, Maven and a JDK.
Prints one line per case, then passed=N failed=N skipped=N. Leaves behind: WORK.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

SOURCE = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(SOURCE / "tests" / "support"))

from cases import is_missing, run_cases  # noqa: E402  pylint: disable=wrong-import-position
from cluster import Cluster, class_path, hadoop_program  # noqa: E402  pylint: disable=wrong-import-position

WHOLE = SOURCE / "examples" / "whole"
SAVEPOINT = WHOLE / "2.3.0-savepoint"  # of ten files


class Case:
    """Both clusters, a place of its own in them, and stateferry."""

    def __init__(self, binary, conformance, clusters, name, folder):
        self.binary = binary
        self.conformance = conformance
        self.plain, self.ha = clusters
        self.place = f"/flink/{name}"
        self.folder = folder
        self.conf = None
        self.config = ""
        self.user = "flink"
        self.path = os.environ["PATH"]
        self.said = ""

    @property
    def at(self):
        return self.plain.uri(self.place)

    def environment(self):
        environment = {"PATH": self.path, "HOME": str(self.folder), "HADOOP_USER_NAME": self.user}
        environment.update({name: value for name, value in os.environ.items() if "SAN_OPTIONS" in name})
        if self.conf:
            environment["HADOOP_CONF_DIR"] = str(self.conf)
        return environment

    def stateferry(self, *arguments, exit_code=0):
        """Runs it and returns stdout; what it says on stderr is in self.said."""
        config = self.folder / "config.yaml"
        config.write_text(self.config or "{}\n")
        done = subprocess.run([self.binary, *map(str, arguments), "--config", str(config)], env=self.environment(),
                              capture_output=True, text=True, timeout=200, check=False)
        self.said = done.stderr
        assert done.returncode == exit_code, f"exit {done.returncode}, not {exit_code}:\n{done.stderr}"
        return done.stdout

    def says(self, text):
        assert text in self.said, f"it doesn't say '{text}':\n{self.said}"

    def conforms(self, root):
        done = subprocess.run([self.conformance, "--gtest_brief=1", "--root", root], env=self.environment(),
                              capture_output=True, text=True, timeout=200, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def same_as_savepoint(folder):
    assert sorted(p.name for p in folder.iterdir()) == sorted(p.name for p in SAVEPOINT.iterdir())
    for path in SAVEPOINT.iterdir():
        assert path.read_bytes() == (folder / path.name).read_bytes(), path.name


# ------------------------------------------------------------------------------ one name node


def case_it_is_a_storage_as_all_are(case):
    case.conforms(case.at)


def case_20_of_20_moves_of_ten_files(case):
    for number in range(20):
        report = json.loads(case.stateferry("move", "--json", SAVEPOINT, f"{case.at}/{number}", "--as", "."))
        assert report["copied"] == 10, report
    case.stateferry("verify", "--strict", f"{case.at}/19")


def case_there_within_and_back(case):
    case.stateferry("move", SAVEPOINT, case.at, "--as", "up")
    case.stateferry("move", f"{case.at}/up", f"{case.at}/beside", "--as", ".")
    case.stateferry("move", f"{case.at}/beside", case.folder / "down", "--as", ".")
    same_as_savepoint(case.folder / "down")
    names = case.plain.dfs("-ls", "-C", f"{case.place}/beside").split()
    assert sorted(name.rpartition("/")[2] for name in names) == sorted(p.name for p in SAVEPOINT.iterdir()), names


def case_a_second_run_has_nothing_to_do(case):
    case.stateferry("move", SAVEPOINT, case.at)
    case.stateferry("move", SAVEPOINT, case.at)
    case.says("this move was done before")


def case_who_may_not_write_is_told(case):
    case.stateferry("move", SAVEPOINT, case.plain.uri("/closed"), exit_code=77)
    case.says("E-IO-DENIED")
    case.user = "root"  # who has started it
    case.stateferry("move", SAVEPOINT, case.plain.uri(f"{case.place}/by-another"))


def case_nothing_is_there(case):
    case.stateferry("inspect", f"{case.at}/nothing", exit_code=66)
    case.stateferry("verify", "hdfs://127.0.0.1:1/x", exit_code=69)
    case.says("E-STORE-UNREACHABLE")


# ------------------------------------------------------------------------------ hdfs:///path


def case_what_core_site_says_is_hdfs_without_a_host(case):
    case.conf = case.plain.conf
    case.stateferry("move", SAVEPOINT, f"hdfs://{case.place}", "--as", "up")
    case.stateferry("verify", "--strict", f"{case.at}/up")
    case.stateferry("move", f"hdfs:{case.place}/up", case.folder / "down", "--as", ".")
    same_as_savepoint(case.folder / "down")


def case_the_entry_is_hdfs_without_a_host_too(case):
    case.config = f"remotes: {{hdfs: {{namenode: '127.0.0.1:{case.plain.ports[0]}'}}}}\n"
    case.stateferry("move", SAVEPOINT, f"hdfs://{case.place}", "--as", "up")
    case.stateferry("verify", "--strict", f"hdfs://{case.place}/up")
    case.config = ""
    case.stateferry("verify", "--strict", f"{case.at}/up")


def case_nothing_says_which_name_node(case):
    case.stateferry("verify", f"hdfs://{case.place}", exit_code=77)
    case.says("E-STORE-ENDPOINT")
    case.says("HADOOP_CONF_DIR")


def case_two_names_of_one_place_are_seen(case):
    case.conf = case.plain.conf
    case.stateferry("move", SAVEPOINT, f"{case.at}/a", "--as", ".")
    case.stateferry("move", "--delete-source", f"{case.at}/a", f"hdfs://{case.place}", "--as", "a", exit_code=2)
    case.says("E-MOVE-NESTED")
    case.stateferry("verify", "--strict", f"{case.at}/a")


def case_a_hostile_configuration_is_refused(case):
    conf = case.folder / "conf"
    conf.mkdir()
    case.conf = conf
    bomb = "".join(f"<!ENTITY e{n} '{f'&e{n - 1};' * 10}'>" for n in range(1, 20))
    texts = {
        "deep": "<configuration>" + "<a>" * 1_000_000,
        "bomb": f"<!DOCTYPE c [<!ENTITY e0 'x'>{bomb}]><configuration><property><name>fs.defaultFS</name>"
                "<value>hdfs://&e19;</value></property></configuration>",
        "outside": "<!DOCTYPE c [<!ENTITY e SYSTEM 'file:///etc/hostname'>]><configuration><property>"
                   "<name>fs.defaultFS</name><value>hdfs://&e;</value></property></configuration>",
        "no text": "\0\1\2",
        "another": "<html/>",
        "no host": "<configuration><property><name>fs.defaultFS</name><value>hdfs://a,type=x/</value></property>"
                   "</configuration>",
        "a variable": "<configuration><property><name>fs.defaultFS</name><value>hdfs://${env.X}</value></property>"
                      "</configuration>",
    }
    for name, text in texts.items():
        (conf / "core-site.xml").write_text(text)
        started = time.monotonic()
        done = subprocess.run([case.binary, "verify", "hdfs:///flink/x"], env=case.environment(), capture_output=True,
                              text=True, timeout=30, check=False)
        assert done.returncode in (65, 77) and "E-STORE-" in done.stderr, (name, done.returncode, done.stderr[-500:])
        assert time.monotonic() - started < 10, name
        assert not any(c < " " and c != "\n" for c in done.stderr), name


# ------------------------------------------------------------------------------ two name nodes


def case_a_name_service_goes_to_the_active_one(case):
    case.conf = case.ha.conf
    case.conforms(f"hdfs://{case.place}")
    service = f"hdfs://ferry{case.place}"
    case.stateferry("move", SAVEPOINT, service, "--as", "first")
    case.stateferry("verify", "--strict", case.ha.uri(f"{case.place}/first", 0))
    case.stateferry("verify", case.ha.uri(f"{case.place}/first", 1), exit_code=75)
    case.says("StandbyException")
    case.ha.activate(1)
    try:
        case.stateferry("verify", "--strict", f"{service}/first")
        case.stateferry("move", f"{service}/first", service, "--as", "second")
        case.stateferry("verify", "--strict", case.ha.uri(f"{case.place}/second", 1))
    finally:
        case.ha.activate(0)
    case.stateferry("move", f"hdfs://{case.place}/second", case.folder / "down", "--as", ".")
    same_as_savepoint(case.folder / "down")


def case_an_entry_with_two_name_nodes(case):
    nodes = ",".join(f"127.0.0.1:{port}" for port in reversed(case.ha.ports))
    case.config = f"remotes: {{'hdfs://mine': {{namenode: '{nodes}'}}}}\n"
    case.stateferry("move", SAVEPOINT, f"hdfs://mine{case.place}", "--as", "up")
    case.stateferry("verify", "--strict", f"hdfs://mine{case.place}/up")


def case_a_failover_during_a_move(case):
    case.conf = case.ha.conf
    arguments = [case.binary, "move", str(SAVEPOINT), f"hdfs://ferry{case.place}", "--jobs", "1"]
    with subprocess.Popen(arguments, env=case.environment(), stderr=subprocess.PIPE, text=True) as run:
        time.sleep(0.6)
        case.ha.activate(1)
        said = run.communicate(timeout=100)[1]
    try:
        # Whether it was in time or not: the same command goes on.
        assert run.returncode in (0, 69, 75), said
        case.stateferry("move", SAVEPOINT, f"hdfs://ferry{case.place}")
        case.stateferry("verify", "--strict", f"hdfs://ferry{case.place}/{SAVEPOINT.name}")
    finally:
        case.ha.activate(0)


# ------------------------------------------------------------------------------ DistCp

ODD = "it's \"odd\" $(touch PWNED) `touch PWNED` %41 ;#&|<> é"


def with_distcp(case, cluster):
    """DistCp by its own local job runner, and a checkpoint that rclone has written to HDFS."""
    case.conf = cluster.conf
    case.path = f"{hadoop_program(cluster.classes, case.folder / 'bin')}:{os.environ['PATH']}"


def case_distcp_copies_what_rclone_wrote(case):
    with_distcp(case, case.plain)
    case.stateferry("move", SAVEPOINT, case.at, "--as", "source")
    report = json.loads(case.stateferry("move", "--engine", "distcp", "--json", f"{case.at}/source",
                                        f"hdfs://{case.place}/new", "--as", "."))
    assert (report["copied"], report["existed"]) == (10, 0), report
    case.stateferry("verify", "--strict", f"{case.at}/new")
    case.stateferry("move", f"{case.at}/new", case.folder / "down", "--as", ".")
    same_as_savepoint(case.folder / "down")
    # The same command again: with _metadata, and without it.
    case.stateferry("move", "--engine", "distcp", f"{case.at}/source", f"hdfs://{case.place}/new", "--as", ".")
    case.says("this move was done before")
    case.plain.dfs("-rm", "-skipTrash", f"{case.place}/new/_metadata")
    report = json.loads(case.stateferry("move", "--engine", "distcp", "--json", f"{case.at}/source",
                                        f"hdfs://{case.place}/new", "--as", "."))
    assert (report["copied"], report["existed"]) == (0, 10), report


def case_distcp_of_one_file_and_of_what_is_left(case):
    with_distcp(case, case.plain)
    case.stateferry("move", SAVEPOINT, case.at, "--as", "source")
    names = sorted(p.name for p in SAVEPOINT.iterdir() if p.name != "_metadata")
    # All but one stand there: a list of one file, into a directory that exists.
    case.plain.dfs("-cp", f"{case.place}/source", f"{case.place}/new")
    case.plain.dfs("-rm", "-skipTrash", f"{case.place}/new/_metadata", f"{case.place}/new/{names[0]}")
    report = json.loads(case.stateferry("move", "--engine", "distcp", "--json", f"{case.at}/source", case.at, "--as",
                                        "new"))
    assert (report["copied"], report["existed"]) == (1, 9), report
    case.stateferry("verify", "--strict", f"{case.at}/new")
    # A snapshot of one file, into a directory that doesn't exist.
    one = case.folder / "merge"
    shutil.copytree(WHOLE / "1.20.3-merge", one)
    was = "file:/tmp/flink-old/merge/51d0df132491f98966ac4c2485a890a0"
    rules = case.folder / "rules.yaml"
    rules.write_text(json.dumps({"rules": "v1", "steps": [{"id": "names", "uses": "uri.map-prefix", "with": {"map": {
        was: case.plain.uri(f"{case.place}/merge")}}}]}))
    done = subprocess.run([case.binary, "convert", "--rules", str(rules), str(one / "chk-2" / "_metadata"),
                           str(case.folder / "merged")], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    shutil.copy(case.folder / "merged", one / "chk-2" / "_metadata")
    case.plain.dfs("-put", one, f"{case.place}/merge")
    case.stateferry("move", "--engine", "distcp", f"{case.at}/merge/chk-2", f"{case.at}/merged")
    case.says("1 file, ")
    listed = case.plain.dfs("-ls", "-R", f"{case.place}/merged").splitlines()
    assert sum(line.startswith("-") and "/taskowned/" in line for line in listed) == 1, listed
    found = json.loads(case.stateferry("verify", "--json", f"{case.at}/merged/chk-2"))
    assert found["ok"], found


def case_distcp_and_odd_names(case):
    with_distcp(case, case.plain)
    local = case.folder / "odd"
    shutil.copytree(WHOLE / "1.9.3-savepoint-s3", local)
    name = sorted(p.name for p in local.iterdir() if p.name != "_metadata")[0]
    was = "s3://bucket-old/flink/heap/savepoint-bddc6d-e113c123800c"
    rules = case.folder / "rules.yaml"
    rules.write_text(json.dumps({"rules": "v1", "steps": [
        {"id": "names", "uses": "uri.map-prefix", "with": {"map": {f"{was}/{name}": f"{case.at}/odd/{ODD}", was: f"{case.at}/odd"}}}]}))
    done = subprocess.run([case.binary, "convert", "--rules", str(rules), str(local / "_metadata"),
                           str(case.folder / "out")], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    shutil.copy(case.folder / "out", local / "_metadata")
    (local / name).rename(local / ODD)
    case.plain.dfs("-mkdir", case.place)
    case.plain.dfs("-put", local, f"{case.place}/odd")
    case.stateferry("move", "--engine", "distcp", f"{case.at}/odd", f"{case.at}/new")
    case.stateferry("verify", "--strict", f"{case.at}/new/odd")
    assert ODD in case.plain.dfs("-ls", "-C", f"{case.place}/new/odd")
    # And where it is the only one that is left.
    case.plain.dfs("-rm", "-skipTrash", f"{case.place}/new/odd/_metadata", f"{case.place}/new/odd/{ODD[:5]}*")
    report = json.loads(case.stateferry("move", "--engine", "distcp", "--json", f"{case.at}/odd", f"{case.at}/new"))
    assert (report["copied"], report["existed"]) == (1, 7), report
    case.stateferry("verify", "--strict", f"{case.at}/new/odd")
    assert not list(case.folder.rglob("PWNED"))


def case_distcp_is_run_elsewhere(case):
    case.conf = case.plain.conf
    lists = case.folder / "lists"
    case.stateferry("move", SAVEPOINT, case.at, "--as", "source")
    arguments = ["move", "--engine", "distcp", "--engine-list", lists, f"{case.at}/source", f"{case.at}/new"]
    case.stateferry(*arguments, exit_code=75)
    case.says("E-ENGINE-WAITS")
    [line] = [line.strip() for line in case.said.splitlines() if " hadoop distcp " in line]
    environment = case.environment()
    environment["PATH"] = f"{hadoop_program(case.plain.classes, case.folder / 'bin')}:{os.environ['PATH']}"
    subprocess.run(line, shell=True, check=True, env=environment, capture_output=True)
    case.stateferry(*arguments)
    case.says("10 were there")
    case.stateferry("verify", "--strict", f"{case.at}/new/source")


def case_distcp_says_why_it_failed(case):
    with_distcp(case, case.plain)
    case.stateferry("move", SAVEPOINT, case.at, "--as", "source")
    case.stateferry("move", "--engine", "distcp", f"{case.at}/source", case.plain.uri("/closed"), exit_code=74)
    case.says("E-ENGINE-FAILED")
    case.says("Permission denied")


# ------------------------------------------------------------------------------ running


def main():
    binary, conformance = (os.path.abspath(path) for path in sys.argv[1:3])
    work = pathlib.Path(sys.argv[3]).absolute()
    if is_missing(["rclone", "java", "mvn"]):
        return 0
    work.mkdir(parents=True, exist_ok=True)
    classes = class_path(work)
    with tempfile.TemporaryDirectory(prefix="stateferry-hdfs-") as folder:
        folder = pathlib.Path(folder)
        clusters = [Cluster(classes, folder / "plain"), Cluster(classes, folder / "ha", ha=True)]
        try:
            for cluster in clusters:
                cluster.wait()
            return run_cases(globals(), sys.argv[4:],
                             lambda name, own: Case(binary, conformance, clusters, name, own))
        finally:
            for cluster in clusters:
                cluster.stop()


if __name__ == "__main__":
    sys.exit(main())
