"""A small HTTP server in the API's place: it says what it was asked, or what it is told to say."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class _Echo(BaseHTTPRequestHandler):
    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        if self.path.startswith("/prefix/slow"):
            time.sleep(1)
        if self.path.startswith(("/prefix/slow", "/prefix/gone")):
            self.close_connection = True
            return
        said = {
            "method": self.command,
            "path": self.path,
            "headers": {name.lower(): value for name, value in self.headers.items()},
            "body": body.decode(),
        }
        text = b"" if self.command == "HEAD" else json.dumps(said).encode()
        self.send_response(304 if "If-None-Match" in self.headers else 201)
        self.send_header("Content-Type", "application/json")
        self.send_header("ETag", '"7"')
        self.send_header("Location", "/runs/7")
        self.send_header("Connection", "close")
        if "If-None-Match" not in self.headers:
            self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        if "If-None-Match" not in self.headers:
            self.wfile.write(text)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _answer  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@contextmanager
def running(server: ThreadingHTTPServer) -> Iterator[int]:
    """Serve in a thread; give the port."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def upstream() -> Iterator[str]:
    """Give the address of the echo below /prefix."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Echo)
    server.daemon_threads = True
    with running(server) as port:
        yield f"http://127.0.0.1:{port}/prefix"
