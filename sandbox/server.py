"""Serves a sandbox over HTTP/1.1 with keep-alive on 127.0.0.1; every answer leaves in one write."""

from __future__ import annotations

import contextlib
import os
import socket
import struct
import threading
from collections.abc import Callable
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, unquote, urlsplit

from sandbox.admin import PREFIX, answer_admin
from sandbox.erp import Sandbox
from sandbox.exchange import Answer, Cut, Incoming
from sandbox.options import Options, base_url_setting, host_of
from sluice.connector.spec import Connector

HOST = "127.0.0.1"
BODY_LIMIT = 1 << 20


class SandboxServer:
    """A running sandbox. ``url`` is its root (admin requests), ``base_url`` what a connection is given."""

    def __init__(self, sandbox: Sandbox, port: int = 0) -> None:
        self.sandbox = sandbox
        self._server = _Server((HOST, port), self._answer)
        self.url = f"http://{HOST}:{self._server.server_address[1]}"
        self._addresses = sandbox.door.addresses()
        own = _prefix(sandbox.connector)
        self.base_url = sandbox.base_url = self.url + own
        hosts = {host_of(stream) for stream in sandbox.connector.streams.values()} - {""}
        beside = {name: urlsplit(str(self.settings[name])).path for name in sorted(hosts)}
        self._prefixes = {**beside, "": own}
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    @property
    def settings(self) -> dict[str, Any]:
        """Return the settings of a connection to this sandbox."""
        return self.sandbox.settings_to_use(self.base_url)

    @property
    def secrets(self) -> dict[str, str]:
        """Return the secrets of a connection to this sandbox."""
        return dict(self.sandbox.secrets)

    def close(self) -> None:
        """Stop serving and free the port."""
        self._server.shutdown()
        self._server.end_connections()
        self._server.server_close()
        self._thread.join(5)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _answer(self, request: Incoming) -> Answer:
        if request.path == PREFIX or request.path.startswith(f"{PREFIX}/"):
            return answer_admin(self.sandbox, request)
        if request.path in self._addresses:
            return self.sandbox.answer(replace(request, at_root=True))
        for host, prefix in self._prefixes.items():
            if request.path.startswith(prefix):
                path = request.path.removeprefix(prefix)
                return self.sandbox.answer(replace(request, path=path, host=host))
        return self.sandbox.manners.answer("not_found", f"nothing answers {request.path}")


def serve(connector: Connector, port: int = 0, options: Options | None = None) -> SandboxServer:
    """Start a sandbox of the connector; port 0 takes a free one. Close it when done."""
    return SandboxServer(Sandbox(connector, options), port)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], answer: Callable[[Incoming], Answer]) -> None:
        self.answer = answer
        self._open: set[socket.socket] = set()
        super().__init__(address, _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Remember the connection, so that closing the server ends it too."""
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Forget the connection that ends."""
        self._open.discard(request)
        super().shutdown_request(request)

    def end_connections(self) -> None:
        """End what is still open: a client that keeps its connection alive would hold its thread for ever."""
        for connection in list(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing when a client goes away: faults make them do so on purpose."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "sandbox"
    sys_version = ""
    disable_nagle_algorithm = True
    wbufsize = -1

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        if length > BODY_LIMIT:
            self.close_connection = True
            self._write(Answer.of_json(413, {"message": "the body is too large"}))
            return
        parts = urlsplit(self.path)
        request = Incoming(
            method=self.command,
            path=unquote(parts.path),
            query=dict(parse_qsl(parts.query, keep_blank_values=True)),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(length),
        )
        self._write(self.server.answer(request))  # type: ignore[attr-defined]

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_PATCH = _serve  # noqa: N815 (http.server's names)

    def _write(self, answer: Answer) -> None:
        if answer.cut is Cut.RESET:
            self._reset()
            return
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.body:
            self.send_header("Content-Type", answer.content_type)
        if answer.status != 204:
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        body = b"" if self.command == "HEAD" else answer.body
        if answer.cut is Cut.TRUNCATED:
            body = body[: len(body) // 2]
            self.close_connection = True
        self.wfile.write(body)
        self.wfile.flush()

    def _reset(self) -> None:
        """Close at once so that the client sees a reset: with 0 seconds to linger nothing more is sent."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        os.close(self.connection.detach())

    def log_message(self, *_: Any) -> None:
        """Say nothing: GET /_sandbox tells what was asked."""


def _prefix(connector: Connector) -> str:
    """Return the path of the vendor's own base address, so that paths look as they do there."""
    name = base_url_setting(connector)
    field = connector.settings.get("properties", {}).get(name, {}) if name else {}
    return urlsplit(str(field.get("default", ""))).path.rstrip("/")
