"""Faults to order: what goes wrong with the next so many requests.

    status           answers with `status` (500), with Retry-After where `retry_after` is given
    reset            the connection is reset before an answer
    truncate         the answer breaks off half way
    html             a login page with status 200
    not_utf8         the answer's JSON in Latin-1
    empty_object     {} in place of the reply
    slow             the answer comes `seconds` (2) later
    drop_list_path   the reply without its list of records
    short_total      the total names only the records up to this page, as if there were no more
    expire_tokens    every session ends before the request is looked at

Each with `times` (1), `after_requests` (0: how many matching requests go well first) and `stream` (any; the
word `login` means the login).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.exchange import HTML_TYPE, Answer, Cut

KINDS = (
    "status",
    "reset",
    "truncate",
    "html",
    "not_utf8",
    "empty_object",
    "slow",
    "drop_list_path",
    "short_total",
    "expire_tokens",
)
LOGIN_PAGE = (
    "<!doctype html><html><head><title>Logg inn</title></head><body><form>Logg inn</form></body></html>"
)


@dataclass(slots=True)
class Mishap:
    """One ordered fault and how often it is still to happen."""

    kind: str
    times: int = 1
    stream: str = ""
    after_requests: int = 0
    status: int = 500
    retry_after: str = ""
    seconds: float = 2.0


class Mishaps:
    """The ordered faults, in the order they were ordered; safe to use from several threads."""

    def __init__(self) -> None:
        self._waiting: list[Mishap] = []
        self._lock = threading.Lock()

    def order(self, asked: Mapping[str, Any]) -> Mishap:
        """Add a fault; raises ValueError with what would be right."""
        unknown = set(asked) - set(Mishap.__dataclass_fields__)
        if unknown:
            known = ", ".join(Mishap.__dataclass_fields__)
            raise ValueError(f"{', '.join(sorted(unknown))}: unknown; there are {known}")
        if asked.get("kind") not in KINDS:
            raise ValueError(f"kind is {asked.get('kind')!r}; should be one of {', '.join(KINDS)}")
        mishap = Mishap(**{**asked, "retry_after": str(asked.get("retry_after", ""))})
        with self._lock:
            self._waiting.append(mishap)
        return mishap

    def clear(self) -> None:
        """Forget every ordered fault."""
        with self._lock:
            self._waiting.clear()

    def waiting(self) -> list[dict[str, Any]]:
        """Return what is still to happen."""
        with self._lock:
            fields = Mishap.__dataclass_fields__
            return [{name: getattr(mishap, name) for name in fields} for mishap in self._waiting]

    def next_for(self, stream: str) -> Mishap | None:
        """Return the fault that this request meets, counted down; at most one."""
        with self._lock:
            for mishap in self._waiting:
                if mishap.stream not in {"", stream}:
                    continue
                if mishap.after_requests > 0:
                    mishap.after_requests -= 1
                    continue
                mishap.times -= 1
                if mishap.times <= 0:
                    self._waiting.remove(mishap)
                return mishap
        return None


def instead(mishap: Mishap) -> Answer | None:
    """Return the answer that a fault gives in place of the real one, None where the real one is needed."""
    if mishap.kind == "slow":
        time.sleep(mishap.seconds)
    if mishap.kind == "reset":
        return Answer(0, cut=Cut.RESET)
    if mishap.kind == "html":
        return Answer(200, LOGIN_PAGE.encode(), content_type=HTML_TYPE)
    if mishap.kind == "empty_object":
        return Answer(200, b"{}")
    return None


def spoilt(mishap: Mishap, answer: Answer) -> Answer:
    """Return the real answer as the fault leaves it."""
    if mishap.kind == "truncate":
        return Answer(answer.status, answer.body, answer.headers, answer.content_type, Cut.TRUNCATED)
    if mishap.kind == "not_utf8":
        text = answer.body.decode()
        latin = text.encode("latin-1", "replace")
        # A page that happens to hold nothing but ASCII gets one letter that is not.
        body = latin if not text.isascii() else latin.replace(b'"', b'"\xe6', 1)
        return Answer(answer.status, body, answer.headers, answer.content_type)
    return answer
