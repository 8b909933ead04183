"""Waits on this machine for the browser that comes back from a vendor's page, and tells where it came to.

What stands in the address is none of its business. Loopback redirection as in RFC 8252, 7.3.
"""

from __future__ import annotations

import queue
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.parse import urlsplit

HOST = "127.0.0.1"
HOSTS = frozenset({HOST, "localhost"})
PATH = "/callback"

_PAGE = b"""<!doctype html><meta charset="utf-8"><title>Sluice</title>
<p>Sluice goes on in the terminal, which says how it went. This window can be closed.</p>
"""


class RedirectListener:
    """Listens from the beginning, until it is closed; ``redirect_uri`` is its address."""

    def __init__(self, redirect_uri: str = f"http://{HOST}:0{PATH}") -> None:
        """Listen there; port 0 takes a free one. Raises OSError where the port is taken."""
        parts = urlsplit(redirect_uri)
        self._came_to: queue.Queue[str] = queue.Queue()
        self._server = _Server((HOST, parts.port if parts.port is not None else 80), _Handler)
        self._server.found, self._server.path = self._came_to, parts.path or "/"
        netloc = f"{parts.hostname}:{self._server.server_address[1]}"
        self.redirect_uri = parts._replace(netloc=netloc).geturl() if parts.port == 0 else redirect_uri
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def wait(self, seconds: float) -> str | None:
        """Return the path and query that the browser came to; None if it did not come in time."""
        try:
            return self._came_to.get(timeout=seconds)
        except queue.Empty:
            return None

    def close(self) -> None:
        """Stop listening and free the port."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def is_here(redirect_uri: str) -> bool:
    """Return whether a redirect address leads to this machine, so that it can be listened at."""
    try:
        parts = urlsplit(redirect_uri)
        port = parts.port
    except ValueError:
        return False
    return parts.scheme == "http" and parts.hostname in HOSTS and port != 0


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    found: queue.Queue[str]
    path: str


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    server_version = "sluice"
    sys_version = ""
    # A browser opens connections ahead, on which it may never say anything.
    timeout = 10

    def do_GET(self) -> None:
        is_ours = urlsplit(self.path).path == self.server.path
        body = _PAGE if is_ours else b""
        self.send_response(200 if is_ours else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        # The address holds the code: it is neither kept nor told to anybody.
        self.send_header("Cache-Control", "no-store")
        self.send_header("Referrer-Policy", "no-referrer")
        self.end_headers()
        self.wfile.write(body)
        if is_ours:
            self.server.found.put(self.path)

    def log_message(self, *_: object) -> None:
        """Say nothing: the address holds the code."""
