"""Real servers of stores on this machine, all written by others: Azurite, fake-gcs-server, moto, rclone serve."""

import base64
import http.client
import http.server
import json
import os
import pathlib
import select
import socket
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "s3"))
from server import free_port, go_program  # noqa: E402  pylint: disable=wrong-import-position

AZURITE = "azurite@3.35.0"
FAKE_GCS = "github.com/fsouza/fake-gcs-server@v1.52.2"
MOTO = "moto[server]==5.1.22"

# Two accounts of Azure, with keys that only this machine knows.
AZURE_KEYS = {"accone": base64.b64encode(b"the key of the first account " * 2).decode(),
              "acctwo": base64.b64encode(b"the key of the second account" * 2).decode()}
S3_KEY, S3_SECRET = "AKIDTHEKEYOFTHETESTS", "a-secret-that-nobody-may-see"
USER, PASSWORD = "ferry", "a-password-that-nobody-may-see"


def installed(program, install):
    """The program, after install() where it isn't there yet."""
    if not program.exists():
        print(f"installing {program.name} …", flush=True)
        install()
    return program


def azurite(work):
    def install():
        folder = work / "npm"
        folder.mkdir(exist_ok=True)
        subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(folder), AZURITE],
                       check=True)
    return installed(work / "npm" / "node_modules" / ".bin" / "azurite-blob", install)


def fake_gcs(work):
    def install():
        environment = dict(os.environ, GOBIN=str(work / "bin"), GOFLAGS="-mod=mod")
        subprocess.run([go_program(work), "install", FAKE_GCS], env=environment, check=True)
    return installed(work / "bin" / "fake-gcs-server", install)


def moto(work):
    def install():
        subprocess.run([sys.executable, "-m", "venv", str(work / "moto")], check=True)
        subprocess.run([str(work / "moto" / "bin" / "pip"), "install", "-q", MOTO], check=True)
    return installed(work / "moto" / "bin" / "moto_server", install)


def obscured(text):
    """A password as rclone keeps it."""
    return subprocess.run(["rclone", "obscure", text], capture_output=True, text=True, check=True).stdout.strip()


class Process:
    """A server, as long as it is asked for."""

    def __init__(self, arguments, port, environment=None):
        self.port = port
        self.process = subprocess.Popen([str(one) for one in arguments], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                        env=dict(os.environ, **(environment or {})))
        for _ in range(600):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        raise RuntimeError(f"{arguments[0]} does not come up")

    def stop(self):
        self.process.kill()
        self.process.wait()


class Certificate:
    """An authority of this run, and what it signs."""

    def __init__(self, folder, names):
        self.authority, self.file, self.key = folder / "ca.pem", folder / "cert.pem", folder / "key.pem"

        def openssl(*arguments):
            subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)
        openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=tests of stateferry",
                "-keyout", folder / "ca.key", "-out", self.authority)
        openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=store", "-keyout", self.key,
                "-out", folder / "request.pem")
        (folder / "names").write_text("subjectAltName=" + ",".join(f"DNS:{name}" for name in names))
        openssl("x509", "-req", "-in", folder / "request.pem", "-CA", self.authority, "-CAkey", folder / "ca.key",
                "-CAcreateserial", "-days", "2", "-extfile", folder / "names", "-out", self.file)


class Gate(http.server.ThreadingHTTPServer):
    """Stands for the network outside: takes CONNECT for the hosts that it knows to ports of this machine, and notes
    for which hosts it was asked."""

    daemon_threads = True

    def __init__(self, ports):
        super().__init__(("127.0.0.1", 0), GateHandler)
        self.ports = ports
        self.asked = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}"


class GateHandler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def pass_on(self):
        """Plain HTTP: a bucket that stands in the host goes to a server that knows buckets in paths alone."""
        parts = urllib.parse.urlsplit(self.path)
        self.server.asked.append(parts.hostname)
        end, port = next(((end, port) for end, port in self.server.ports.items() if parts.hostname.endswith(end)),
                         (None, None))
        if port is None:
            self.send_error(502, "no such host")
            return
        bucket = parts.hostname[:-len(end)]
        path = (f"/{bucket}" if bucket else "") + parts.path + (f"?{parts.query}" if parts.query else "")
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name: value for name, value in self.headers.items() if name.lower() != "host"}
        inner = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        inner.request(self.command, path, body, headers)
        answer = inner.getresponse()
        data = answer.read()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("transfer-encoding", "connection", "content-length"):
                self.send_header(name, value)
        self.send_header("Content-Length", answer.getheader("Content-Length") if self.command == "HEAD" else len(data))
        self.end_headers()
        self.wfile.write(data)
        inner.close()

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = pass_on  # noqa: N815

    def do_CONNECT(self):  # noqa: N802
        host = self.path.rpartition(":")[0]
        self.server.asked.append(host)
        port = next((port for end, port in self.server.ports.items() if host.endswith(end)), None)
        if port is None:
            self.send_error(502, "no such host")
            return
        with socket.create_connection(("127.0.0.1", port)) as inner:
            self.send_response(200)
            self.end_headers()
            self.connection.setblocking(True)
            pair = {self.connection: inner, inner: self.connection}
            self.close_connection = True
            while True:
                for one in select.select(list(pair), [], [])[0]:
                    try:
                        data = one.recv(65536)
                        pair[one].sendall(data)
                    except OSError:
                        return
                    if not data:
                        return


# ------------------------------------------------------------------------------ the stores
#
# Each has: root, a URI in which may be written; missing, one in a bucket that isn't there, or None; config, denied and
# unreachable, the lines under `remotes` by which it is reached; environment. all of them are made once for all cases.


class Azure:
    """Azurite as Azure itself: by names of hosts, over TLS, through the gate."""

    CLOUDS = ("core.windows.net", "core.chinacloudapi.cn", "core.usgovcloudapi.net", "private.example")

    def __init__(self, work, folder):
        certificate = Certificate(folder, [f"*.blob.{cloud}" for cloud in self.CLOUDS])
        port = free_port()
        accounts = ";".join(f"{name}:{key}" for name, key in AZURE_KEYS.items())
        self.server = Process(
            [azurite(work), "--silent", "--blobHost", "127.0.0.1", "--blobPort", port, "--location", folder / "blobs",
             "--skipApiVersionCheck", "--cert", certificate.file, "--key", certificate.key],
            port, {"AZURITE_ACCOUNTS": accounts})
        self.gate = Gate({f".blob.{cloud}": port for cloud in self.CLOUDS})
        self.environment = {"HTTPS_PROXY": self.gate.url, "RCLONE_CA_CERT": str(certificate.authority),
                            "AZURE_STORAGE_ACCOUNT": "accone", "AZURE_STORAGE_KEY": AZURE_KEYS["accone"]}
        self.config = {}
        self.denied = {"abfss": "azwrong"}
        self.environment.update({
            "RCLONE_CONFIG_AZWRONG_TYPE": "azureblob", "RCLONE_CONFIG_AZWRONG_ACCOUNT": "accone",
            "RCLONE_CONFIG_AZWRONG_KEY": AZURE_KEYS["acctwo"]})
        # Its library takes most of a minute to say so: not for every call.
        self.slow_to_give_up = True
        self.unreachable = {"abfss": {"use_emulator": "true", "endpoint": f"http://127.0.0.1:{free_port()}/accone"}}
        for account in AZURE_KEYS:
            self.container(account, "cont")
        self.root = "abfss://cont@accone.dfs.core.windows.net"
        self.missing = "abfss://nowhere@accone.dfs.core.windows.net/x"

    def container(self, account, name, cloud="core.windows.net"):
        self.rclone(account, "mkdir", f"az:{name}", cloud=cloud)

    def rclone(self, account, *arguments, cloud="core.windows.net"):
        environment = dict(os.environ, **self.environment, RCLONE_CONFIG_AZ_TYPE="azureblob",
                           RCLONE_CONFIG_AZ_ACCOUNT=account, RCLONE_CONFIG_AZ_KEY=AZURE_KEYS[account],
                           RCLONE_CONFIG_AZ_ENDPOINT=f"blob.{cloud}", RCLONE_CONFIG="/dev/null")
        return subprocess.run(["rclone", *arguments], env=environment, capture_output=True, text=True,
                              check=True).stdout

    def stop(self):
        self.gate.shutdown()
        self.server.stop()


class Gcs:
    """fake-gcs-server; it lets everybody in, so `denied` has a proxy before it."""

    def __init__(self, work, folder, proxy):
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        (folder / "gcs" / "bucket").mkdir(parents=True)
        (folder / "gcs" / "other").mkdir()
        self.server = Process([fake_gcs(work), "-scheme", "http", "-host", "127.0.0.1", "-port", port, "-backend",
                               "memory", "-external-url", url, "-data", folder / "gcs"], port)
        self.port = port
        self.proxy = proxy(port, lambda *_: 403)
        self.environment = {}
        self.config = self.at(port)
        self.denied = self.at(self.proxy.port)
        self.unreachable = self.at(free_port())
        self.root = "gs://bucket"
        self.missing = "gs://nowhere/x"

    @staticmethod
    def at(port):
        return {"gs": {"endpoint": f"http://127.0.0.1:{port}/storage/v1/", "anonymous": "true"}}

    def stop(self):
        self.proxy.shutdown()
        self.server.stop()


class S3:
    """moto, which looks at nobody's key, so `denied` has a proxy before it."""

    def __init__(self, work, _folder, proxy):
        port = free_port()
        self.server = Process([moto(work), "-H", "127.0.0.1", "-p", port], port)
        self.port = port
        self.proxy = proxy(port, lambda *_: 403)
        self.environment = {"AWS_ACCESS_KEY_ID": S3_KEY, "AWS_SECRET_ACCESS_KEY": S3_SECRET,
                            "AWS_REGION": "us-east-1"}
        self.config = self.at(port)
        self.denied = self.at(self.proxy.port)
        self.unreachable = self.at(free_port())
        for name in ("bucket", "other"):
            request = urllib.request.Request(f"http://127.0.0.1:{port}/{name}", method="PUT")
            urllib.request.urlopen(request, timeout=60).close()
        self.root = "s3://bucket"
        self.missing = "s3://nowhere/x"

    @staticmethod
    def at(port):
        return {"s3": {"provider": "Other", "endpoint": f"http://127.0.0.1:{port}"}}

    def stop(self):
        self.proxy.shutdown()
        self.server.stop()


class Served:
    """rclone serve sftp or webdav, over a folder."""

    def __init__(self, kind, folder):
        port = free_port()
        self.folder = folder / kind
        (self.folder / "data").mkdir(parents=True)
        arguments = ["rclone", "serve", kind, self.folder, "--addr", f"127.0.0.1:{port}", "--user", USER,
                     "--pass", PASSWORD]
        self.server = Process(arguments, port, {"RCLONE_CONFIG": "/dev/null", "HOME": str(folder)})
        self.kind, self.port = kind, port
        # Passwords have no place in config.yaml: these are remotes of the user's own.
        self.environment = {}
        for name, at, password in (("SERVED", port, PASSWORD), ("WRONG", port, "wrong"), ("CLOSED", free_port(), "x")):
            head = f"RCLONE_CONFIG_{kind.upper()}{name}_"
            self.environment.update({head + "TYPE": kind, head + "USER": USER, head + "PASS": obscured(password)})
            if kind == "sftp":
                self.environment.update({head + "HOST": "127.0.0.1", head + "PORT": str(at)})
            else:
                self.environment.update({head + "URL": f"http://127.0.0.1:{at}", head + "VENDOR": "other"})
        scheme = "sftp" if kind == "sftp" else "webdav"
        self.config, self.denied, self.unreachable = (
            {scheme: f"{kind}{name}"} for name in ("served", "wrong", "closed"))
        self.root = f"{scheme}://127.0.0.1/data"
        self.missing = None

    def stop(self):
        self.server.stop()


def config_text(remotes, **rclone):
    """config.yaml with these lines under `remotes`; JSON is YAML."""
    return json.dumps({"remotes": remotes, "rclone": rclone})
