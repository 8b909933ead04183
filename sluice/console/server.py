"""The console's server on one machine: files, /config.json, and /api passed on. It listens on 127.0.0.1 only.

It keeps nothing and knows no user: who asks what is the API's business.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from msgspec import Struct

from sluice.console.files import CONFIG, NEVER, SiteFile, file_at
from sluice.console.headers import security_headers
from sluice.console.passing_on import Answer, Api, problem

HOST = "127.0.0.1"
NAME = "localhost"
"""The name in the console's origin: vendors' login pages send browsers back to it, and not to 127.0.0.1."""
LARGEST_BODY = 10 * 1024 * 1024
"""Bytes that API Gateway takes."""
_PREFIX = "/api/"


class Site(Struct, frozen=True):
    """What is served: ``project`` has the built files, ``config`` is /config.json, ``api`` its address."""

    project: str
    config: dict[str, Any]
    api: str

    @property
    def files(self) -> Path:
        """The folder of the built files."""
        return Path(self.project, "console", "dist")

    def headers(self) -> dict[str, str]:
        """Return the headers of every file."""
        sign_in = urlsplit(self.config["token"])
        return security_headers(Path(self.project), f"{sign_in.scheme}://{sign_in.netloc}")


def origin(port: int) -> str:
    """Return the console's origin."""
    return f"http://{NAME}:{port}"


class ConsoleServer(ThreadingHTTPServer):
    """Serves one site. Raises OSError for a taken port."""

    daemon_threads = True
    # Two servers on one port would each get some of the requests.
    allow_reuse_port = False

    def __init__(self, site: Site, port: int, answer_seconds: float = 60.0) -> None:
        super().__init__((HOST, port), _Handler)
        self.site = site
        self.headers = site.headers()
        self.api = Api(site.api, answer_seconds)

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self.server_address[1])

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of browsers that went away; tell the rest."""
        if not isinstance(sys.exc_info()[1], ConnectionError | TimeoutError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "sluice"
    sys_version = ""
    timeout = 75
    # Head and body are two writes: the second would wait for the first's acknowledgement.
    disable_nagle_algorithm = True
    server: ConsoleServer

    def _answer(self) -> None:
        self._send(self._refusal() or (self._pass_on() if self._is_api() else self._page()))

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _answer  # noqa: N815 - http.server's

    def _is_api(self) -> bool:
        return self.path.startswith(_PREFIX)

    def _host(self) -> str:
        return self.headers.get("Host", "").partition(":")[0].lower()

    def _refusal(self) -> Answer | None:
        """Return why the request is not looked at. A page elsewhere whose name leads here is none of ours."""
        if self._host() not in {HOST, NAME}:
            return self._last(problem(421, "wrong_host", f"right would be {origin(self.server.port)}"))
        if not self.path.startswith("/"):
            return self._last(problem(400, "invalid", "the request's target is no path"))
        if "Transfer-Encoding" in self.headers:
            return self._last(problem(411, "invalid", "right would be a Content-Length"))
        length = self.headers.get("Content-Length", "0")
        if not length.isascii() or not length.isdigit():
            return self._last(problem(400, "invalid", "Content-Length is no number"))
        if int(length) > LARGEST_BODY:
            return self._last(problem(413, "too_large", f"{length} bytes; at most are {LARGEST_BODY}"))
        return None

    def _last(self, answer: Answer) -> Answer:
        # The body has not been read: what follows on this connection would be taken for a request.
        self.close_connection = True
        return answer

    def _pass_on(self) -> Answer:
        path = self.path[len(_PREFIX) - 1 :]
        return self.server.api.ask(self.command, path, self.headers.items(), self._body())

    def _page(self) -> Answer:
        self._body()
        if self.command not in {"GET", "HEAD"}:
            refused = problem(405, "method_not_allowed", "files are only read")
            return Answer(405, [*refused.headers, ("Allow", "GET, HEAD")], refused.body)
        path = self.path.partition("?")[0]
        if path == f"/{CONFIG}":
            return self._file(SiteFile(CONFIG, json.dumps(self.server.site.config).encode()))
        found = file_at(self.server.site.files, path)
        if found is None:
            return Answer(404, [("Content-Type", "text/plain"), ("Cache-Control", NEVER)], b"no such file\n")
        if found.path.endswith(".html") and self._host() == HOST:
            # There is one origin: the user pool sends browsers back to that one only.
            return Answer(302, [("Location", origin(self._asked_port()) + self.path)], b"")
        return self._file(found)

    def _asked_port(self) -> int:
        port = self.headers.get("Host", "").partition(":")[2]
        return int(port) if port.isascii() and port.isdigit() else 80

    def _file(self, file: SiteFile) -> Answer:
        told = {"Content-Type": file.content_type, "Cache-Control": file.cache_control}
        return Answer(200, list(told.items()), file.body)

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length", "0")))

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        own: Mapping[str, str] = {} if self._is_api() else self.server.headers
        for name, value in (*answer.headers, *own.items()):
            self.send_header(name, value)
        if answer.status not in {204, 304}:
            self.send_header("Content-Length", str(len(answer.body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - http.server's word
        """Write no log of requests: pages ask every few seconds, and a query may name a person."""
