#!/usr/bin/env python3
"""Runs stateferry against real servers of each store on this machine.

usage: run.py BINARY CONFORMANCE WORK [CASE...]

BINARY is stateferry in a build or an installation; CONFORMANCE the program storage_conformance of a build; WORK a folder
where the servers (Azurite by npm, fake-gcs-server by Go, moto by pip) are installed once and kept.
Prints one line per case, then passed=N failed=N skipped=N. Leaves behind: WORK.
"""

import hashlib
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

# pylint: disable=wrong-import-position
from cases import is_missing, run_cases  # noqa: E402
from proxy import Proxy  # noqa: E402
from servers import (AZURE_KEYS, Azure, Gate, Gcs, PASSWORD, S3, S3_KEY, S3_SECRET, Served,  # noqa: E402
                     config_text)

WHOLE = SOURCE / "examples" / "whole"
LOCAL = WHOLE / "2.3.0-savepoint"
SECRETS = [*AZURE_KEYS.values(), PASSWORD, S3_SECRET]


class World:
    """All servers, for all cases."""

    def __init__(self, binary, conformance, work, folder):
        self.binary, self.conformance = binary, conformance
        self.azure = Azure(work, folder)
        self.gcs = Gcs(work, folder, Proxy)
        self.s3 = S3(work, folder, Proxy)
        self.sftp = Served("sftp", folder)
        self.webdav = Served("webdav", folder)
        self.all = [self.azure, self.gcs, self.s3, self.sftp, self.webdav]

    def stop(self):
        for store in self.all:
            store.stop()


class Case:
    """A folder, and stateferry with a configuration for stores."""

    number = 0

    def __init__(self, world, folder):
        Case.number += 1
        self.world, self.folder = world, folder
        self.place = f"case{Case.number}"  # below each store's root
        self.remotes = {}
        self.rclone = {}
        self.environment = {"PATH": os.environ["PATH"], "HOME": str(folder)}
        self.environment.update({name: value for name, value in os.environ.items() if "SAN_OPTIONS" in name})
        for store in world.all:
            self.remotes.update(store.config)
            self.environment.update(store.environment)
        self.said = ""

    def config(self, name="config.yaml", remotes=None):
        path = self.folder / name
        path.write_text(config_text(self.remotes if remotes is None else remotes, **self.rclone))
        return str(path)

    def run(self, *arguments, exit_code=0):
        """Runs stateferry and returns stdout; what it says on stderr is in self.said."""
        arguments = [self.world.binary, *map(str, arguments)]
        if arguments[1] != "config":
            arguments += ["--config", self.config()]
        done = subprocess.run(arguments, env=self.environment, capture_output=True, text=True, timeout=300,
                              check=False)
        self.said = done.stderr
        for secret in SECRETS:
            assert secret not in done.stdout + done.stderr, "a secret was said:\n" + done.stdout + done.stderr
        assert done.returncode == exit_code, f"exit {done.returncode}, not {exit_code}:\n{done.stdout}{done.stderr}"
        return done.stdout

    def says(self, *texts):
        for text in texts:
            assert text in self.said, f"it doesn't say '{text}':\n{self.said}"

    def conforms(self, store, root=None):
        arguments = [self.world.conformance, "--gtest_brief=1", "--config", self.config(remotes=store.config),
                     "--root", (root or store.root) + "/conformance",
                     "--denied", self.config("denied.yaml", store.denied)]
        if not hasattr(store, "slow_to_give_up"):
            arguments += ["--unreachable", self.config("unreachable.yaml", store.unreachable)]
        if store.missing:
            arguments += ["--missing", store.missing]
        done = subprocess.run(arguments, env=self.environment, capture_output=True, text=True, timeout=300,
                              check=False)
        print("  " + "\n  ".join(line for line in done.stdout.splitlines() if line.startswith("refused:")))
        assert done.returncode == 0, done.stdout + done.stderr


def digests(folder):
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in folder.rglob("*") if path.is_file()}


# ------------------------------------------------------------------------------ each is a storage as all are


def case_azure_is_a_storage_as_all_are(case):
    case.conforms(case.world.azure)


def case_gcs_is_a_storage_as_all_are(case):
    case.conforms(case.world.gcs)


def case_moto_is_a_storage_as_all_are(case):
    case.conforms(case.world.s3)


def case_sftp_is_a_storage_as_all_are(case):
    case.conforms(case.world.sftp)


def case_webdav_is_a_storage_as_all_are(case):
    case.conforms(case.world.webdav)


# ------------------------------------------------------------------------------ moves


def case_a_snapshot_goes_round_all_stores_and_comes_back(case):
    shutil.copytree(LOCAL, case.folder / "snapshot")
    roots = [store.root for store in case.world.all]
    at = str(case.folder / "snapshot")
    for root in roots:
        case.run("move", at, f"{root}/{case.place}", "--as", "there")
        at = f"{root}/{case.place}/there"
        assert json.loads(case.run("verify", "--strict", "--json", at))["ok"]
    case.run("move", at, case.folder / "back", "--as", ".")
    assert digests(case.folder / "back") == digests(LOCAL)


def case_azure_under_all_its_schemes(case):
    case.run("move", LOCAL, f"abfss://cont@accone.dfs.core.windows.net/{case.place}", "--as", "there")
    for scheme, kind in (("abfs", "dfs"), ("abfss", "dfs"), ("wasb", "blob"), ("wasbs", "blob")):
        uri = f"{scheme}://cont@accone.{kind}.core.windows.net/{case.place}/there"
        assert json.loads(case.run("verify", "--strict", "--json", uri))["ok"], uri


# ------------------------------------------------------------------------------ Azure: whom a key is for


def azure_hosts(case, before):
    return set(case.world.azure.gate.asked[before:])


def case_azure_clouds_are_asked_by_their_own_names(case):
    case.environment["AZURE_CLOUD_NAME"] = "AzureChinaCloud"
    before = len(case.world.azure.gate.asked)
    case.run("move", LOCAL, f"abfss://cont@accone.dfs.core.chinacloudapi.cn/{case.place}", "--as", "there")
    assert azure_hosts(case, before) == {"accone.blob.core.chinacloudapi.cn"}, azure_hosts(case, before)
    del case.environment["AZURE_CLOUD_NAME"]
    before = len(case.world.azure.gate.asked)
    case.run("verify", f"abfss://cont@accone.dfs.core.chinacloudapi.cn/{case.place}/there", exit_code=77)
    case.says("E-STORE-ENDPOINT", "the credentials in the environment are not for this cloud")
    assert not azure_hosts(case, before), azure_hosts(case, before)


def case_an_azure_key_serves_its_account_alone(case):
    before = len(case.world.azure.gate.asked)
    case.run("move", LOCAL, f"abfss://cont@acctwo.dfs.core.windows.net/{case.place}", exit_code=77)
    case.says("E-STORE-ENDPOINT", "the key in the environment is for the account accone")
    assert not azure_hosts(case, before)


def case_two_azure_accounts_each_by_its_own_entry(case):
    case.environment.update({"RCLONE_CONFIG_SECOND_TYPE": "azureblob", "RCLONE_CONFIG_SECOND_ACCOUNT": "acctwo",
                             "RCLONE_CONFIG_SECOND_KEY": AZURE_KEYS["acctwo"]})
    case.remotes["abfss://acctwo.dfs.core.windows.net"] = "second"
    first, second = (f"abfss://cont@{name}.dfs.core.windows.net/{case.place}" for name in AZURE_KEYS)
    case.run("move", LOCAL, first, "--as", "there")
    case.run("move", f"{first}/there", second, "--as", "there")
    assert json.loads(case.run("verify", "--json", f"{second}/there"))["ok"]


def case_azure_by_a_private_name(case):
    uri = f"abfss://cont@accone.dfs.private.example/{case.place}"
    before = len(case.world.azure.gate.asked)
    case.run("move", LOCAL, uri, "--as", "there", exit_code=77)
    case.says("E-STORE-ENDPOINT")
    case.remotes["abfss://accone.dfs.private.example"] = {"account": "accone", "endpoint": "blob.private.example"}
    case.run("move", LOCAL, uri, "--as", "there")
    assert azure_hosts(case, before) == {"accone.blob.private.example"}


def case_an_entry_for_one_azure_scheme_serves_all(case):
    case.remotes["abfss"] = {"chunk_size": "8Mi"}
    for scheme, kind in (("wasbs", "blob"), ("abfs", "dfs")):
        case.run("move", LOCAL, f"{scheme}://cont@accone.{kind}.core.windows.net/{case.place}", "--as", scheme)


def case_a_mistyped_container_or_bucket_is_made_by_nobody(case):
    for uri in ("abfss://nowhere@accone.dfs.core.windows.net/x", "gs://nowhere/x", "s3://nowhere/x"):
        for more in (["--dry-run"], []):
            case.run("move", LOCAL, uri, *more, exit_code=73)
            case.says("E-IO-CREATE", "there is no bucket or container of this name")
            assert case.said.count("there is no bucket") == 1, case.said
    assert "nowhere" not in case.world.azure.rclone("accone", "lsd", "az:")


def case_azure_says_what_is_wrong_in_words(case):
    case.environment["AZURE_STORAGE_KEY"] = AZURE_KEYS["acctwo"]
    case.run("verify", f"{case.world.azure.root}/{case.place}", exit_code=77)
    case.says("E-IO-DENIED")
    assert ".go" not in case.said and "github.com" not in case.said, case.said


# ------------------------------------------------------------------------------ GCS


def case_gcs_looks_at_each_object_by_one_request(case):
    case.run("move", LOCAL, f"gs://bucket/{case.place}", "--as", "there")
    seen = []
    proxy = Proxy(case.world.gcs.port, lambda n, request: seen.append(request.command + " " + request.path))
    case.remotes = {**case.remotes, **case.world.gcs.at(proxy.port)}
    case.run("inspect", f"gs://bucket/{case.place}/there/_metadata")
    proxy.shutdown()
    lists = [one for one in seen if "/b/bucket/o?" in one and "uploadType" not in one]
    assert len(lists) <= 1, "\n".join(seen)


# ------------------------------------------------------------------------------ OSS, COS, OBS


def case_oss_cos_obs_by_their_endpoints(case):
    """By the names that they have, which stand before moto."""
    for scheme, variables, host in (
            ("oss", "OSS_ENDPOINT OSS_ACCESS_KEY_ID OSS_ACCESS_KEY_SECRET", "oss-cn-hangzhou.aliyuncs.com"),
            ("cos", "COS_ENDPOINT TENCENTCLOUD_SECRET_ID TENCENTCLOUD_SECRET_KEY", "cos.ap-guangzhou.myqcloud.com"),
            ("cosn", "COS_ENDPOINT TENCENTCLOUD_SECRET_ID TENCENTCLOUD_SECRET_KEY", "cos.ap-beijing.myqcloud.com"),
            ("obs", "OBS_ENDPOINT OBS_ACCESS_KEY_ID OBS_SECRET_ACCESS_KEY", "obs.cn-north-4.myhuaweicloud.com")):
        endpoint, key, secret = variables.split()
        target = f"{scheme}://bucket/{case.place}-{scheme}"
        case.run("move", "--dry-run", LOCAL, target, exit_code=77)
        case.says("E-STORE-ENDPOINT", endpoint)
        gate = Gate({f".{host}": case.world.s3.port, host: case.world.s3.port})
        case.environment.update({endpoint: f"http://{host}", key: S3_KEY, secret: S3_SECRET, "HTTP_PROXY": gate.url})
        case.run("move", "--dry-run", LOCAL, target)
        case.says(f"endpoint   http://{host}\n")
        case.run("move", LOCAL, target, "--as", "there")
        assert json.loads(case.run("verify", "--strict", "--json", f"{target}/there"))["ok"]
        report = json.loads(case.run("store", "check", "--json", target))
        assert report["access"]["credentials"] == f"environment ({key})", report
        gate.shutdown()
        assert set(gate.asked) <= {host, f"bucket.{host}"} and gate.asked, gate.asked
        for name in (endpoint, key, secret, "HTTP_PROXY"):
            del case.environment[name]


# ------------------------------------------------------------------------------ schemes of the user's own


def case_a_scheme_of_the_users_own_leads_to_one_server(case):
    case.remotes = {"sftp": {"host": "127.0.0.1", "port": str(case.world.sftp.port), "user": "ferry"}}
    case.run("verify", "sftp://other.example/data/x", exit_code=77)
    case.says("E-STORE-ENDPOINT", "leads to 127.0.0.1")
    case.remotes = {"sftp://a.example": {"user": "ferry"}}
    case.run("verify", "sftp://b.example/data/x", exit_code=77)
    case.says("E-STORE-ENDPOINT", "give it an entry: sftp://b.example")
    case.run("verify", "ftp://b.example/data/x", exit_code=2)
    case.says("E-STORE-SCHEME", "under 'remotes'")


def case_a_password_has_no_place_in_the_configuration(case):
    for remotes in ({"sftp": {"pass": "x"}}, {"webdav": {"bearer_token": "x"}}, {"b2": {"key": "x"}},
                    {"file": {"host": "x"}}):
        case.run("config", "check", case.config(remotes=remotes), exit_code=2)
        case.says("E-CONFIG")


# ------------------------------------------------------------------------------ names


def case_a_control_character_is_refused_before_anything_is_copied(case):
    """In the name of the target's directory, which all new names would have."""
    for store in case.world.all:
        case.run("move", LOCAL, f"{store.root}/{case.place}/a\tb", "--as", "there", exit_code=65)
        case.says("a control character")
        listed = case.run("store", "check", "--json", store.root)
        assert case.place not in listed, listed


# ------------------------------------------------------------------------------ store check


def check_schema(document):
    """Holds the output against the schema that the pages name."""
    import jsonschema  # pylint: disable=import-outside-toplevel
    schema = json.loads((SOURCE / "docs" / "schemas" / "store-check-1.schema.json").read_text())
    jsonschema.validate(document, schema)
    return document


def checked(case, uri, exit_code=0):
    return check_schema(json.loads(case.run("store", "check", "--json", uri, exit_code=exit_code)))


def case_store_check_says_how_each_store_is_reached(case):
    wanted = {"abfss": ("https://accone.blob.core.windows.net", "environment (AZURE_STORAGE_KEY)"),
              "gs": (f"http://127.0.0.1:{case.world.gcs.port}/storage/v1/", "none: anonymous"),
              "s3": (f"http://127.0.0.1:{case.world.s3.port}", "environment (AWS_ACCESS_KEY_ID)"),
              "sftp": (f"127.0.0.1:{case.world.sftp.port}", "the remote's own 'pass'"),
              "webdav": (f"http://127.0.0.1:{case.world.webdav.port}", "the remote's own 'pass'")}
    for store in case.world.all:
        where = f"{store.root}/{case.place}/there"
        case.run("move", LOCAL, f"{store.root}/{case.place}", "--as", "there")
        report = checked(case, f"{store.root}/{case.place}")
        access = report["access"]
        scheme = store.root.partition(":")[0]
        assert (access["endpoint"], access["credentials"]) == wanted[scheme], access
        assert access["engine"].endswith("/rclone") and access["engine-version"].startswith("v"), access
        assert (report["ok"], report["listed"]["directories"]) == (True, 1), report
        assert report["read"]["bytes-read"] > 0 and report["read"]["uri"].startswith(where), report
        report = checked(case, f"{where}/_metadata")
        assert report["read"]["uri"] == f"{where}/_metadata" and report["listed"]["files"] > 1, report
    text = case.run("store", "check", case.world.s3.root)
    assert "credentials  environment (AWS_ACCESS_KEY_ID)\n" in text, text


def case_store_check_of_a_local_path(case):
    report = checked(case, LOCAL)
    assert report["ok"] and report["access"]["remote"] == "local files", report
    checked(case, case.folder / "nothing", exit_code=66)
    case.says("E-IO-NOT-FOUND", "help: ")


def case_store_check_says_why_not_and_what_to_do(case):
    for store in case.world.all:
        for remotes, code, exit_code in ((store.denied, "E-IO-DENIED", 77),
                                         (store.unreachable, "E-STORE-UNREACHABLE", 69)):
            case.remotes = remotes
            case.rclone = {"attempts": 1, "options": {"low-level-retries": "1"}}
            report = checked(case, store.root, exit_code=exit_code)
            failure = report["listed"].get("failure") or report["read"]["failure"]
            assert failure["code"] == code and failure["help"], failure
            assert not report["ok"]
            case.says(code)
        if store.missing:
            case.remotes = store.config
            checked(case, store.missing, exit_code=66)
            case.says("E-IO-NOT-FOUND")
    case.rclone = {"program": "/nowhere/rclone"}
    checked(case, case.world.s3.root, exit_code=69)
    case.says("E-STORE-ENGINE", "install rclone")


def case_store_check_writes_nothing(case):
    case.run("move", LOCAL, f"s3://bucket/{case.place}", "--as", "there")
    seen = set()
    proxy = Proxy(case.world.s3.port, lambda n, request: seen.add(request.command))
    case.remotes = case.world.s3.at(proxy.port)
    checked(case, f"s3://bucket/{case.place}")
    proxy.shutdown()
    assert seen <= {"GET", "HEAD"}, seen


# ------------------------------------------------------------------------------ what is said meanwhile, and how fast


def case_v_tells_of_retries_within_seconds(case):
    proxy = Proxy(case.world.s3.port, lambda n, request: 503)
    case.remotes = case.world.s3.at(proxy.port)
    with subprocess.Popen([case.world.binary, "-v", "verify", f"s3://bucket/{case.place}", "--config", case.config()],
                          env=case.environment, stderr=subprocess.PIPE, text=True) as run:
        started = time.monotonic()
        lines = []
        while time.monotonic() - started < 30:
            lines.append(run.stderr.readline())
            if "trying again: " in lines[-1]:
                break
        took = time.monotonic() - started
        run.kill()
    proxy.shutdown()
    # The library of rclone for S3 tries by itself for some seconds before that.
    assert "trying again: " in lines[-1] and took < 12, (took, lines)
    assert "ServiceUnavailable" in lines[-1] or "SlowDown" in lines[-1], lines


def case_vv_shows_rclones_own_log_without_secrets(case):
    for store in case.world.all:
        case.run("-vv", "store", "check", store.root)
        case.says("rclone: ", "DEBUG")
        assert "from environment variable" not in case.said
    # The wrong key comes back in what Azure and S3 answer.
    case.remotes = case.world.azure.denied
    case.run("-vv", "verify", f"{case.world.azure.root}/{case.place}", exit_code=77)
    assert "RC_PASS" not in case.said and "sig=" not in case.said, case.said


def case_bwlimit_holds_copies_to_a_rate(case):
    source = case.folder / "snapshot"
    shutil.copytree(LOCAL, source)
    plan = case.folder / "plan.csv"
    (case.folder / "large").write_bytes(os.urandom(4 << 20))
    plan.write_text(f"source,target,bytes\n{case.folder}/large,s3://bucket/{case.place}/large,{4 << 20}\n")
    head = case.run("plan", source, f"s3://bucket/{case.place}").splitlines()[0]
    plan.write_text(plan_line(head, f"file:{case.folder}/large", f"s3://bucket/{case.place}/large", 4 << 20))
    started = time.monotonic()
    case.run("copy", plan, "--bwlimit", "1M")
    took = time.monotonic() - started
    assert 2.5 < took < 12, took
    case.run("move", source, case.folder / "there", "--bwlimit", "1M", exit_code=2)
    case.says("E-STORE-UNSUPPORTED", "--bwlimit", "nothing was copied")
    assert not list((case.folder / "there").rglob("_metadata"))
    case.run("copy", plan, "--bwlimit", "fast", exit_code=2)
    case.says("write it as 50M")


def plan_line(head, source, target, size):
    """A plan of one row, whatever further columns there are."""
    values = {"source": source, "target": target, "bytes": str(size)}
    return head + "\n" + ",".join(values.get(name, "") for name in head.split(",")) + "\n"


def case_a_dry_run_shows_the_endpoint(case):
    report = json.loads(case.run("move", "--dry-run", "--json", LOCAL, f"s3://bucket/{case.place}"))
    assert report["endpoint"] == f"http://127.0.0.1:{case.world.s3.port}", report
    case.run("move", "--dry-run", LOCAL, f"abfss://cont@accone.dfs.core.windows.net/{case.place}")
    case.says("endpoint   https://accone.blob.core.windows.net\n")


# ------------------------------------------------------------------------------ what commands may do


def rights_used(case, *arguments):
    """What a command asked of which bucket of moto: get, list, put or delete."""
    used = set()

    def note(_, request):
        path, _, query = request.path.partition("?")
        bucket, _, key = path.lstrip("/").partition("/")
        word = {"HEAD": "get", "PUT": "put", "POST": "put", "DELETE": "delete"}.get(request.command, "get")
        used.add((bucket, "list" if request.command == "GET" and not key and "prefix=" in query else word))
    proxy = Proxy(case.world.s3.port, note)
    case.remotes = case.world.s3.at(proxy.port)
    case.run(*arguments)
    proxy.shutdown()
    case.remotes = case.world.s3.config
    return used


def case_commands_use_no_more_rights_than_the_pages_say(case):
    source, target = f"s3://bucket/{case.place}/job", f"s3://other/{case.place}"
    case.run("move", LOCAL, source, "--as", "there")
    snapshot = f"{source}/there"
    get, read = {("bucket", "get")}, {("bucket", "get"), ("bucket", "list")}
    written = {("other", "get"), ("other", "list"), ("other", "put")}
    assert rights_used(case, "inspect", f"{snapshot}/_metadata") <= get
    assert rights_used(case, "dump", f"{snapshot}/_metadata") <= get
    for words in (("verify", snapshot), ("plan", snapshot, target), ("store", "check", snapshot),
                  ("orphans", "--root", source, snapshot)):
        used = rights_used(case, *words)
        assert used <= read, (words, used)
    used = rights_used(case, "move", snapshot, target, "--as", "there")
    assert used <= read | written, used
    used = rights_used(case, "move", snapshot, target, "--as", "again", "--delete-source")
    # Markers show that the two are not one place.
    assert used <= read | written | {("bucket", "put"), ("bucket", "delete"), ("other", "delete")}, used


# ------------------------------------------------------------------------------ the pages


def case_configurations_of_the_pages_are_taken(case):
    pages = sorted((SOURCE / "docs" / "user" / "storage").glob("*.md"))
    assert pages
    for page in pages:
        for number, block in enumerate(page.read_text().split("```yaml\n")[1:]):
            path = case.folder / f"{page.stem}-{number}.yaml"
            path.write_text(block.partition("```")[0])
            case.run("config", "check", path)


# ------------------------------------------------------------------------------ running


def main():
    binary, conformance = (os.path.abspath(path) for path in sys.argv[1:3])
    work = pathlib.Path(sys.argv[3]).absolute()
    if is_missing(["rclone", "npm", "openssl"]):
        return 0
    work.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="stateferry-stores-") as all_folder:
        world = World(binary, conformance, work, pathlib.Path(all_folder))
        try:
            return run_cases(globals(), sys.argv[4:], lambda _, folder: Case(world, folder))
        finally:
            world.stop()


if __name__ == "__main__":
    sys.exit(main())
