"""What people read is plain, whatever a vendor wrote into it."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluice.messages.notification import page_of
from sluice.messages.people.letter import letter
from sluice.messages.people.slack import escaped, slack_message
from sluice.messages.people.teams import teams_message
from sluice.messages.people.told import Told, clean, paragraphs, told

PIECES = [
    "<!channel>", "<@U123>", "<https://evil.example|Open>", "&lt;", "<script>alert(1)</script>", "\r\n",
    "Bcc: all@example.com", "*bold*", "[a](https://evil.example)", "\u202egpj.exe", "\u2028", "\x00",
    "'\">", "<at>all</at>", "{{DATE()}}", "${x}", "word ",
]  # fmt: skip
LINK = (
    r"\*What to do\*|:[a-z_]+: Sluice "
    r"<https://console\.example/[^<>|&\s]*\|Open the console>"
)
HOSTILE = st.one_of(
    st.text(st.characters(codec="utf-8"), max_size=400),
    st.lists(st.sampled_from(PIECES), max_size=12).map("".join),
    st.sampled_from(["x" * 9_000, "x\n" * 4_000]),
)  # fmt: skip


def event(text: str) -> dict[str, Any]:
    """Return a notification that says the text wherever something from outside may stand."""
    data = {"title": text, "detail": text, "advice": text, "run": text, "stream": text, "incident": text}
    data |= {"page": text, "runbook": text}
    return {
        "id": "n-1",
        "type": "stream.held",
        "time": text,
        "connection": text,
        "severity": "error",
        "data": data,
    }


def texts(value: Any, key: str = "") -> list[tuple[str, str]]:
    """Return (type, text) of every text object and TextRun in a message, nested ones too."""
    if isinstance(value, list):
        return [found for one in value for found in texts(one)]
    if not isinstance(value, dict):
        return []
    own = [(str(value.get("type")), value["text"])] if isinstance(value.get("text"), str) else []
    return own + [found for one in value.values() for found in texts(one)]


@given(HOSTILE)
def test_slack_finds_no_markup(text: str) -> None:
    message = slack_message(told(event(text), "https://console.example"))
    assert len(orjson.dumps(message)) < 40_000
    assert not re.search(r"[<>]|&(?!amp;|lt;|gt;)", message["text"])
    for kind, found in texts(message["blocks"]):
        assert len(found) <= 3_000
        if kind == "mrkdwn":
            # Ours, but for the address of the console, which is percent-encoded.
            assert re.fullmatch(LINK, found)
    header = message["blocks"][0]["text"]
    assert header["type"] == "plain_text"
    assert 0 < len(header["text"]) <= 150


@given(HOSTILE)
def test_teams_finds_no_markup(text: str) -> None:
    message = teams_message(told(event(text)))
    card = message["attachments"][0]["content"]
    assert {block["type"] for block in card["body"]} == {"RichTextBlock"}
    assert {kind for kind, _ in texts(card["body"])} == {"TextRun"}
    assert len(orjson.dumps(message)) < 28_000
    assert "actions" not in card


class Tags(HTMLParser):
    """Collects the tags of a document, and its text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.said: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            assert (name, value) == ("cellpadding", "4") or str(value).startswith("https://console.example/")

    def handle_data(self, data: str) -> None:
        self.said.append(data)


@given(HOSTILE)
def test_mail_has_no_tags_or_headers_but_ours(text: str) -> None:
    found = told(event(text), "https://console.example")
    mail = letter(found, "ops@example.com")
    parser = Tags()
    parser.feed(mail.html)
    assert parser.tags <= {"html", "body", "p", "br", "strong", "table", "tr", "td", "a"}
    assert found.heading in parser.said
    for value in (mail.subject, *mail.headers.values(), mail.to):
        assert value.isprintable()
    assert set(mail.headers) == {"References", "In-Reply-To", "Auto-Submitted"}
    assert re.fullmatch(r"<[0-9a-f]{24}@incidents\.sluice\.invalid>", mail.headers["References"])


@given(HOSTILE)
def test_no_sign_is_there_that_cannot_be_seen(text: str) -> None:
    for part in paragraphs(told(event(text))):
        assert all(sign.isprintable() or sign == "\n" for sign in part)
    assert "\n" not in clean(text, 100)
    assert len(clean(text, 100)) <= 100


@given(HOSTILE)
def test_a_link_leads_to_the_console_and_nowhere_else(text: str) -> None:
    link = urlsplit(told(event(text), "https://console.example").link)
    assert (link.scheme, link.netloc, link.query, link.fragment) == ("https", "console.example", "", "")
    # What has the form of a page of the console is one.
    assert link.path.startswith("/connections/") or link.path == text
    assert page_of("runs", text).startswith("/runs/")
    assert page_of("runs", text).count("/") == 2


@pytest.mark.parametrize(
    "page", ["//evil.example", "/runs/../..", "runs/r-1", "/runs/r 1", "", None, "/a/b/c/d/e"]
)
def test_a_page_that_is_none_leads_to_the_connection(page: str | None) -> None:
    found = told(event("acme") | {"data": {"page": page}}, "https://console.example/")
    assert found.link == "https://console.example/connections/acme"


@given(st.text())
def test_slack_reads_back_what_was_escaped(text: str) -> None:
    back = escaped(text).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    assert back == text
    assert not set(escaped(text)) & set("<>")


def test_a_message_says_what_where_since_when_and_what_to_do() -> None:
    data = {
        "title": "acme/invoice: held",
        "detail": "name is gone",
        "advice": "Look: sluice changes show 1a",
        "run": "r-1",
        "stream": "invoice",
        "incident": "1a",
        "since": "2026-11-20T08:00:00Z",
    }
    found = told({"id": "n-1", "connection": "acme", "severity": "error", "data": data})
    assert paragraphs(found) == [
        "Error: acme/invoice: held",
        "name is gone",
        "What to do: Look: sluice changes show 1a",
        "Connection: acme\nStream: invoice\nSince: 2026-11-20T08:00:00Z\nRun: r-1",
    ]


def test_the_end_of_an_incident_is_in_its_thread() -> None:
    opened = event("x") | {"id": "n-1"}
    over = {**opened, "id": "n-2", "data": {**opened["data"], "resolves": {"kind": "stream.held"}}}
    first, last = told(opened), told(over)
    assert first.thread == last.thread != told(event("y")).thread
    assert (first.is_follow_up, last.is_follow_up) == (False, True)
    assert last.heading == "Resolved: x"


def test_messages_are_json() -> None:
    found: Told = told(event("ø"))
    assert json.loads(json.dumps(slack_message(found)))["text"] == "Error: ø"
    assert json.loads(json.dumps(teams_message(found)))["type"] == "message"
