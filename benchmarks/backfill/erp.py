"""The Archive ERP in a process of its own: a history of customers over HTTP, as long as the address says.

`GET /RECORDS/FIRST/UNTIL/customer?registeredFrom=&registeredBefore=&offset=&limit=`: so many customers over
the days from FIRST to before UNTIL, a page of those between the two days asked for. It keeps nothing, so that
it takes the same memory whatever it serves.

usage: python -m benchmarks.backfill.erp (prints its port, serves until its standard input ends)
"""

from __future__ import annotations

import sys
import threading
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from benchmarks.backfill.history import History

LARGEST_PAGE = 1000


class Erp(ThreadingHTTPServer):
    """The server."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_: object) -> None:
        """Say nothing: a line for each page would cost more than the page."""

    def do_GET(self) -> None:
        """Answer a page, 400 to what has no days, 404 to what is no history."""
        address = urlsplit(self.path)
        try:
            history = _history(address.path)
        except ValueError:
            self._answer(404, b'{"error":{"code":"NotFound"}}')
            return
        try:
            body = _page(history, parse_qs(address.query))
        except (KeyError, ValueError):
            self._answer(400, b'{"error":{"code":"BadRequest"}}')
            return
        self._answer(200, body)

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _history(path: str) -> History:
    """Return the history that a path names; raises ValueError for another path."""
    records, first, until, stream = path.strip("/").split("/")
    found = History(int(records), date.fromisoformat(first), date.fromisoformat(until))
    if stream != "customer" or found.records < 1 or found.days < 1:
        raise ValueError(path)
    return found


def _page(history: History, asked: dict[str, list[str]]) -> bytes:
    since, until = (date.fromisoformat(asked[name][0]) for name in ("registeredFrom", "registeredBefore"))
    offset, limit = int(asked["offset"][0]), min(int(asked["limit"][0]), LARGEST_PAGE)
    if offset < 0 or limit < 1:
        raise ValueError(asked)
    return history.page(since, until, (offset, limit))


def main() -> None:
    """Serve until standard input ends, which it does with whoever started this."""
    erp = Erp()
    threading.Thread(target=erp.serve_forever, daemon=True).start()
    sys.stdout.write(f"{erp.server_address[1]}\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    main()
