"""A real S3 server, and the file system plugin by which Flink talks to it."""

import pathlib
import shutil
import subprocess
import sys
import threading

import flink

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "s3"))
import server  # noqa: E402  pylint: disable=wrong-import-position

# The server's disk has directories, which the plugin would try to delete again and again.
MARKERS = {"s3.directory.marker.retention": "keep"}
BEFORE_HADOOP_3_3 = {"s3.multiobjectdelete.enable": "false", "s3.retry.limit": "1"}
# A file in S3 is there when it is closed; merged files stay open over several checkpoints by default of matrix.py.
CLOSED = {"execution.checkpointing.file-merging.across-checkpoint-boundary": "false"}


class Store:
    """One server for all cells, started at the first use; each cell has buckets of its own. Any thread may call."""

    def __init__(self, work):
        self.work = work / "s3"
        self.lock = threading.Lock()
        self.running = None
        self.flinks = {}

    def start(self):
        with self.lock:
            if self.running is None:
                shutil.rmtree(self.work / "buckets", ignore_errors=True)
                self.running = server.Server(server.server_program(self.work), self.work / "buckets")
                (self.work / "config.yaml").write_text(
                    "remotes:\n"
                    f"  s3: {{provider: Other, endpoint: 'http://127.0.0.1:{self.running.port}', region: us-east-1}}\n")
            return self.running

    def stop(self):
        """Ends the server; the Flinks are the caller's to stop."""
        if self.running is not None:
            self.running.stop()

    # Flink

    def flink(self, release):
        """This release with its S3 plugin, which Maven fetches."""
        with self.lock:
            if release.name not in self.flinks:
                plugins = self.work / "plugins" / release.s3
                if not plugins.exists():
                    with flink.MAVEN:
                        flink.maven(["-f", str(HERE / "s3-plugin.xml"), f"-Dplugin.version={release.s3}",
                                     f"-Dout={plugins}.part", "package"])
                    pathlib.Path(f"{plugins}.part").rename(plugins)
                self.flinks[release.name] = flink.Flink(release, self.work.parent, plugins)
            return self.flinks[release.name]

    def conf(self, release):
        conf = {
            "s3.endpoint": f"http://127.0.0.1:{self.start().port}", "s3.path.style.access": "true",
            "s3.access-key": server.KEY, "s3.secret-key": server.SECRET,
            **(BEFORE_HADOOP_3_3 if release.name in ("1.9", "1.13", "1.15") else MARKERS), **CLOSED,
        }
        return {f"conf.{key}": value for key, value in conf.items()} | {"plugins": "yes"}

    # Buckets

    def bucket(self, case, name):
        """The folder behind an empty bucket."""
        folder = self.start().bucket(f"{case.release.name}-{case.kind.name}-{name}".replace(".", "-"))
        self.empty(folder)
        return folder

    def empty(self, folder):
        for entry in folder.iterdir():
            if entry.is_dir():
                shutil.rmtree(entry)
            else:
                entry.unlink()

    def environment(self):
        """Of a program that talks to the server."""
        return {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(self.work),
                "AWS_ACCESS_KEY_ID": server.KEY, "AWS_SECRET_ACCESS_KEY": server.SECRET}

    def run(self, case, *arguments):
        """stateferry with a configuration that leads to the server."""
        return case.run(*arguments, "--config", self.work / "config.yaml", environment=self.environment())

    def upload(self, file, key):
        remote = f":s3,provider=Other,env_auth,no_check_bucket,endpoint='http://127.0.0.1:{self.start().port}':{key}"
        subprocess.run(["rclone", "copyto", "-q", str(file), remote], check=True, env=self.environment())
