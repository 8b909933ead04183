"""An ERP in a process of its own: as many customers as a path says, over HTTP with connections kept alive.

It answers as Tripletex does (`GET /RECORDS/customer?from=&count=`, `POST /RECORDS/token/session/:create`)
and looks at nothing else: all readers get the same bytes, whatever fields they ask for. `GET /served` says
how many records have been sent since it was asked last.

usage: python -m benchmarks.peers.server (prints its port, serves until its standard input ends)
"""

from __future__ import annotations

import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import orjson

from benchmarks.peers.records import page

LARGEST_PAGE = 1000
_LOGIN = {"value": {"id": 1, "token": "benchmark", "expirationDate": "2099-01-01"}}


class Erp(ThreadingHTTPServer):
    """The server; ``served`` counts the records that were sent."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.served = 0
        self.lock = threading.Lock()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Erp

    def log_message(self, *_: object) -> None:
        """Say nothing: a line for each page would cost more than the page."""

    def do_GET(self) -> None:
        """Answer a page of records, or how many were served."""
        address = urlsplit(self.path)
        total, _, rest = address.path.strip("/").partition("/")
        if total == "served":
            with self.server.lock:
                served, self.server.served = self.server.served, 0
            self._answer(200, orjson.dumps(served))
        elif total.isdigit() and rest == "customer":
            asked = parse_qs(address.query)
            total = "0" if "changedSince" in asked else total  # nothing ever changes here
            start = int(asked.get("from", ["0"])[0])
            count = min(int(asked.get("count", [str(LARGEST_PAGE)])[0]), LARGEST_PAGE)
            self._answer(200, page(int(total), start, count))
            with self.server.lock:
                self.server.served += max(min(count, int(total) - start), 0)
        else:
            self._answer(404, b'{"status":404,"code":6000,"message":"HTTP 404 Not Found"}')

    def do_POST(self) -> None:
        """Answer a session's token to any login."""
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self._answer(201, orjson.dumps(_LOGIN))

    def do_PUT(self) -> None:
        """Answer as to POST: the vendor's description names this method for the login."""
        self.do_POST()

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def main() -> None:
    """Serve until standard input ends, which it does with whoever started this."""
    erp = Erp()
    threading.Thread(target=erp.serve_forever, daemon=True).start()
    sys.stdout.write(f"{erp.server_address[1]}\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    main()
