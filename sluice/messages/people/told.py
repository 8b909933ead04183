"""A notification in plain words, whatever the channel.

Titles, causes and samples come from vendors and may be hostile: here they lose every sign that is not
printable, line breaks of titles, and their excess length. What a channel takes as markup is its own business.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from msgspec import Struct

MOST_TITLE = 140
MOST_TEXT = 1500

_PAGE = re.compile(r"(?:/[A-Za-z0-9_~%-][A-Za-z0-9._~%-]{0,200}){1,4}")
"""The path of a page of the console: nothing in it is markup anywhere, or leads to another host."""


class Told(Struct, frozen=True):
    """What a person is told: ``title`` is one line, ``facts`` are (name, value) in order.

    ``thread`` is the same for all messages of one incident. ``link`` is the address of the console's page of
    the run, the change or whatever it is about, empty where there is no console. ``is_follow_up`` tells that
    there was a message of the thread before.
    """

    id: str
    severity: str
    title: str
    facts: tuple[tuple[str, str], ...]
    detail: str
    advice: str
    thread: str
    link: str = ""
    is_follow_up: bool = False

    @property
    def heading(self) -> str:
        """The title with its severity in a word: ``Error: acme/invoice: held, because ...``."""
        return f"{'Resolved' if self.is_follow_up else self.severity.capitalize()}: {self.title}"


def told(event: Mapping[str, Any], console_url: str = "") -> Told:
    """Return what a notification (a CloudEvent of ours) tells; ``console_url`` is the console's, or empty."""
    data = event.get("data", {})
    connection, stream = str(event.get("connection", "")), data.get("stream")
    incident = str(data.get("incident") or "")
    facts = [("Connection", clean(connection, 80))]
    if stream:
        facts.append(("Stream", clean(str(stream), 80)))
    facts.append(("Since", clean(str(data.get("since") or event.get("time", "")), 40)))
    if data.get("run"):
        facts.append(("Run", clean(str(data["run"]), 120)))
    if data.get("runbook"):
        facts.append(("Runbook", clean(str(data["runbook"]), 120)))
    return Told(
        id=str(event["id"]),
        severity=clean(str(event.get("severity", "info")), 10),
        title=clean(str(data.get("title", "")), MOST_TITLE),
        facts=tuple(facts),
        detail=clean(str(data.get("detail") or ""), MOST_TEXT, lines=True),
        advice=clean(str(data.get("advice") or ""), MOST_TEXT, lines=True),
        thread=_thread(connection, incident or str(event["id"])),
        link=f"{console_url.rstrip('/')}{_page(data, connection)}" if console_url else "",
        is_follow_up="resolves" in data,
    )


def with_link(event: Mapping[str, Any], link: str) -> Mapping[str, Any]:
    """Return the notification as a program gets it: with the ``link`` that people get, where there is one."""
    return {**event, "data": {**event["data"], "link": link}} if link else event


def collapsed(subscription: str, key: str, counts: Mapping[str, int], time: str) -> Told:
    """Return the one message that stands for many that were held back; ``counts`` is by connection."""
    many = sum(counts.values())
    most = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:10]
    return Told(
        id=key,
        severity="warning",
        title=f"and {many} more notification{'s' if many > 1 else ''}",
        facts=(("Subscription", clean(subscription, 80)), ("Until", clean(time, 40))),
        detail="\n".join(f"{clean(name, 80)}: {count}" for name, count in most),
        advice="So many came at once that they were held back. See how everything stands: sluice overview",
        thread=key,
    )


def paragraphs(found: Told) -> Sequence[str]:
    """Return the message as plain text, a paragraph each."""
    facts = "\n".join(f"{name}: {value}" for name, value in found.facts)
    advice = f"What to do: {found.advice}" if found.advice else ""
    link = f"In the console: {found.link}" if found.link else ""
    return [part for part in (found.heading, found.detail, advice, facts, link) if part]


def clean(text: str, most: int, *, lines: bool = False) -> str:
    """Return the text without signs that cannot be seen, at most so long; one line unless ``lines``.

    What is not printable goes: control characters, line separators, and those that turn the direction of
    writing, which make a text read as something else.
    """
    kept = "".join(sign if sign.isprintable() or (lines and sign == "\n") else " " for sign in text)
    ordered = kept if lines else " ".join(kept.split())
    return ordered.strip() if len(ordered) <= most else f"{ordered[: most - 1].rstrip()}…"


def _page(data: Mapping[str, Any], connection: str) -> str:
    """Return the console's page of what the notification is about; the connection's where it names none."""
    page = str(data.get("page") or "")
    return page if _PAGE.fullmatch(page) else f"/connections/{quote(clean(connection, 80), safe='')}"


def _thread(connection: str, incident: str) -> str:
    return hashlib.blake2b(f"{connection}\x1f{incident}".encode(), digest_size=12).hexdigest()
