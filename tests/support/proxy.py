"""A proxy in front of a server that others wrote: it spoils what a test picks, and passes on the rest."""

import http.client
import http.server
import threading
import time


class Proxy(http.server.ThreadingHTTPServer):
    """Passes requests on to the server, but for those that `fault` picks."""

    daemon_threads = True

    def __init__(self, port, fault):
        super().__init__(("127.0.0.1", 0), Handler)
        self.upstream = port
        self.fault = fault
        self.seen = 0
        self.faults = 0
        self.lock = threading.Lock()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def port(self):
        return self.server_address[1]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def serve(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        with self.server.lock:
            self.server.seen += 1
            fault = self.server.fault(self.server.seen, self)
            self.server.faults += fault is not None
        if fault == "hang":
            time.sleep(8)
            self.close_connection = True
        elif fault == "close":
            self.close_connection = True
        elif fault == "spoil":
            self.pass_on(body, lambda data: bytes(len(data)))
        elif fault == "break off":
            self.pass_on(body, end=lambda data: data[:len(data) // 2])
            self.close_connection = True
        elif fault == "unlisted":
            self.pass_on(body, status={404: 403})
        elif fault is not None:
            self.answer_error(fault)
        else:
            self.pass_on(body)

    def answer_error(self, status):
        code = {400: "ExpiredToken", 403: "AccessDenied", 429: "TooManyRequests", 500: "InternalError",
                503: "SlowDown"}[status]
        text = f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>injected</Message></Error>"
        self.send_response(status)
        self.send_header("Content-Type", "application/xml")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(text.encode())

    def pass_on(self, body, change=lambda data: data, end=lambda data: data, status=()):
        """`change` makes the answer's body, of which `end` is sent; `status` maps what becomes another."""
        upstream = http.client.HTTPConnection("127.0.0.1", self.server.upstream, timeout=60)
        upstream.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
        for name, value in self.headers.items():
            upstream.putheader(name, value)
        upstream.endheaders(body)
        answer = upstream.getresponse()
        data = change(answer.read())
        self.send_response(dict(status).get(answer.status, answer.status))
        for name, value in answer.getheaders():
            if name.lower() not in ("transfer-encoding", "connection", "content-length"):
                self.send_header(name, value)
        length = answer.getheader("Content-Length") if self.command == "HEAD" else len(data)
        self.send_header("Content-Length", str(length or 0))
        self.end_headers()
        self.wfile.write(end(data))
        upstream.close()

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = serve
