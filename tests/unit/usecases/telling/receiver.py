"""A receiver of notifications: a real HTTP server on this machine that answers as its script says."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: ``seconds`` pass before it."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 0


@dataclass(frozen=True, slots=True)
class Received:
    """One request as it came; names of headers in lower case."""

    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """``script`` is answered first, one answer a request; then every request is fine."""

    script: list[Answer]
    url: str = ""
    received: list[Received] = field(default_factory=list)


@contextmanager
def receiving(*script: Answer) -> Iterator[Receiver]:
    """Serve until the block ends."""
    receiver = Receiver(list(script))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            receiver.received.append(Received({k.lower(): v for k, v in self.headers.items()}, body))
            answer = receiver.script.pop(0) if receiver.script else Answer()
            time.sleep(answer.seconds)
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - as http.server wants it
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    receiver.url = f"http://127.0.0.1:{server.server_address[1]}/hook/abcd1234"
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
