"""A plain HTTP client for sandbox tests: it sees every status, header and byte."""

from __future__ import annotations

import base64
import http.client
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from sandbox.server import SandboxServer


@dataclass
class Client:
    """One keep-alive connection to a sandbox; ``headers`` go with every request that names none."""

    server: SandboxServer
    headers: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.connection = http.client.HTTPConnection(urlsplit(self.server.url).netloc, timeout=10)

    def send(
        self, method: str, url: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, dict[str, str], bytes]:
        self.connection.request(method, url, body, headers if headers is not None else self.headers)
        reply = self.connection.getresponse()
        return reply.status, {name.lower(): value for name, value in reply.getheaders()}, reply.read()

    def get(self, path: str, **query: Any) -> tuple[int, Any]:
        url = urlsplit(self.server.base_url).path + path + ("?" + urlencode(query) if query else "")
        status, _, body = self.send("GET", url)
        return status, json.loads(body)

    def admin(self, order: str, **asked: Any) -> Any:
        status, _, body = self.send("POST", f"/_sandbox/{order}", json.dumps(asked).encode())
        assert status == 200, body
        return json.loads(body)

    def look(self, path: str = "") -> Any:
        return json.loads(self.send("GET", f"/_sandbox{path}")[2])

    def truth(self, stream: str) -> list[dict[str, Any]]:
        records: list[dict[str, Any]] = self.look(f"/records?stream={stream}")["records"]
        return records

    def log_in(self, employee_token: str = "sandbox-employee_token") -> int:  # noqa: S107 (made up)
        form = {
            "consumerToken": "sandbox-consumer_token",
            "employeeToken": employee_token,
            "expirationDate": "2026-11-23",
        }
        status, _, body = self.send("POST", "/v2/token/session/:create", urlencode(form).encode())
        if status == 201:
            token = json.loads(body)["value"]["token"]
            basic = base64.b64encode(f"0:{token}".encode()).decode()
            self.headers = {"Authorization": f"Basic {basic}"}
        return status
