"""A server on this machine that misbehaves on demand."""

import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Behaviour:
    """What the server does; the tests change it while it runs."""

    body: bytes = b""
    ranges: bool = True
    cut_at: list[int] = field(default_factory=list)  # bytes sent, one a request
    stall_s: float = 0.0
    wrong_start: bool = False
    status: list[int] = field(default_factory=list)  # error codes, one a request
    redirect: str = ""
    kind: str = "application/zip"
    etag: str = '"one"'
    asked: list[dict] = field(default_factory=list)


class Handler(BaseHTTPRequestHandler):
    behaviour: Behaviour

    def do_GET(self):  # the name is the library's
        b = self.behaviour
        b.asked.append(dict(self.headers))
        if b.redirect and self.path == "/file":
            self.send_response(302)
            self.send_header("Location", b.redirect)
            self.end_headers()
            return
        if b.status:
            self.send_error(b.status.pop(0))
            return
        start = self._start(b)
        if start is None:
            self.send_error(416)
            return
        self._send(b, start)

    def _start(self, b):
        span = self.headers.get("Range", "")
        same = self.headers.get("If-Range", b.etag) == b.etag
        if not (b.ranges and span and same):
            return 0
        start = int(span.removeprefix("bytes=").rstrip("-"))
        return start if start < len(b.body) else None

    def _send(self, b, start):
        partly = b.ranges and "Range" in self.headers
        partly = partly and self.headers.get("If-Range", b.etag) == b.etag
        self.send_response(206 if partly else 200)
        self.send_header("Content-Type", b.kind)
        self.send_header("ETag", b.etag)
        self.send_header("Content-Length", str(len(b.body) - start))
        if partly:
            first = start + 1 if b.wrong_start else start
            span = f"bytes {first}-{len(b.body) - 1}/{len(b.body)}"
            self.send_header("Content-Range", span)
        self.end_headers()
        rest = b.body[start:]
        if b.cut_at:
            rest = rest[: b.cut_at.pop(0)]
        self.wfile.write(rest[:10])
        self.wfile.flush()
        time.sleep(b.stall_s)
        self.wfile.write(rest[10:])
        self.close_connection = True

    def log_message(self, format, *args):
        """Keep the terminal quiet."""


def start():
    """Return a running server, its behaviour and its address."""
    behaviour = Behaviour()
    handler = type("Handler", (Handler,), {"behaviour": behaviour})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    return server, behaviour, f"http://127.0.0.1:{server.server_port}"
