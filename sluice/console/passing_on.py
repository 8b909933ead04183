"""Passes a browser's requests for /api/... on to the API, as CloudFront does on AWS. Changes no body."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

import urllib3
from msgspec import Struct

CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 60.0
_SENT = (
    "accept",
    "accept-language",
    "authorization",
    "content-type",
    "idempotency-key",
    "if-match",
    "if-none-match",
)
"""What the API reads. Nothing else of a browser is its business: no cookie, no address, no referrer."""
_OWN = frozenset(
    {
        "connection", "content-length", "date", "keep-alive", "proxy-authenticate", "server", "te", "trailer",
        "transfer-encoding", "upgrade",
    }
)  # fmt: skip
"""What belongs to one hop (RFC 9110, section 7.6.1), and what our own answer says itself."""
_STEP = re.compile(r"(?:^|/)(?:\.|%2e){1,2}(?:/|$|\?)", re.IGNORECASE)


class Answer(Struct, frozen=True):
    """An answer to a browser."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


class Api:
    """The API at ``address``; may be used by threads. No answer is waited for longer than a minute."""

    def __init__(self, address: str, answer_seconds: float = ANSWER_SECONDS) -> None:
        self._address = address.rstrip("/")
        timeout = urllib3.Timeout(connect=CONNECT_SECONDS, read=answer_seconds)
        self._http = urllib3.PoolManager(maxsize=16, timeout=timeout, retries=False)

    def ask(self, method: str, path: str, headers: Iterable[tuple[str, str]], body: bytes) -> Answer:
        """Return what the API answers at ``path`` (``/runs?limit=5``), or why it does not: 502, 504."""
        if _STEP.search(path):
            return problem(400, "invalid", "the path has steps (.. or .); right would be a plain one")
        sent = {name: value for name, value in headers if name.lower() in _SENT}
        try:
            answer = self._http.request(
                method, self._address + path, headers=sent, body=body or None, redirect=False
            )
        except urllib3.exceptions.TimeoutError:
            return problem(
                504, "upstream", "the API has not answered in time; `sluice status` says if it runs"
            )
        except urllib3.exceptions.HTTPError:
            return problem(502, "upstream", "the API does not answer; `sluice up` starts it")
        kept = [(name, value) for name, value in answer.headers.items() if name.lower() not in _OWN]
        return Answer(answer.status, kept, answer.data)


_TITLES = {
    400: "The request is wrong",
    405: "There is no such method here",
    411: "The request has no length",
    413: "The request is too large",
    421: "The request is meant for another host",
    502: "The API does not answer",
    504: "The API does not answer in time",
}


def problem(status: int, kind: str, detail: str) -> Answer:
    """Return an error as the API words its own (RFC 9457)."""
    said = {
        "type": f"urn:sluice:problem:{kind}",
        "title": _TITLES[status],
        "status": status,
        "detail": detail,
    }
    return Answer(status, [("Content-Type", "application/problem+json")], json.dumps(said).encode())
