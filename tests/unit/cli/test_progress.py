from __future__ import annotations

import os
import time
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest

from sluice.cli.progress import in_one_line, watch
from sluice.cli.pull import Telling
from sluice.cli.words import Ticker
from sluice.usecases.fetching.reading import Failed
from sluice.usecases.pull import Standing

READING = {"stream": "customer", "state": "reading", "fetched": 500, "published": 0}
SYNCED = {"stream": "customer", "state": "synced", "fetched": 1000, "published": 10, "unchanged": 990}


def test_without_a_terminal_each_change_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    last = watch([[], [READING], [READING], [SYNCED]])
    assert last == [SYNCED]
    assert capsys.readouterr().err.splitlines() == [
        "customer: reading, 500 fetched",
        "customer: synced, 1000 fetched, 10 published, 990 unchanged",
    ]


def test_a_note_ends_the_line() -> None:
    assert in_one_line({"stream": "order", "state": "held", "note": "sluice changes show 1f"}) == (
        "order: held, sluice changes show 1f"
    )


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a line be due every hundredth of a second."""
    for name in ("_MOVES_SECONDS", "_SAYS_SECONDS"):
        monkeypatch.setattr(f"sluice.cli.words.{name}", 0.01)


def until_said(capsys: pytest.CaptureFixture[str], wanted: str) -> str:
    """Return what was said by the time that something wanted was."""
    said = ""
    for _ in range(1_000):
        said += capsys.readouterr().err
        if wanted in said:
            return said
        time.sleep(0.01)
    raise AssertionError(f"{wanted!r} was not said: {said!r}")


@pytest.mark.usefixtures("hurried")
def test_work_that_stands_still_is_told_too(capsys: pytest.CaptureFixture[str]) -> None:
    with Ticker(lambda: "7 fetched", moves=False):
        said = until_said(capsys, "7 fetched\n7 fetched\n")
    assert set(said.splitlines()) == {"7 fetched"}


@pytest.mark.usefixtures("hurried")
def test_a_line_that_moves_is_written_over_and_gone_at_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    texts = iter(["1000 fetched", "7 pages"])
    with Ticker(lambda: next(texts, "the last"), moves=True) as ticker:
        said = until_said(capsys, "the last")
        ticker.say("waiting")
        said += until_said(capsys, "the last")
    said += capsys.readouterr().err
    assert said.startswith("\r1000 fetched\r7 pages     \rthe last")
    assert "\r        \rwaiting\n" in said
    assert said.endswith("\rthe last\r        \r")


@pytest.mark.usefixtures("hurried")
def test_a_wait_is_told_once_and_then_nothing_until_it_is_over(capsys: pytest.CaptureFixture[str]) -> None:
    telling = Telling(BytesIO())
    with telling.ticker:
        telling(Standing(20, until=datetime.now(UTC) + timedelta(hours=3)))
        capsys.readouterr()
        time.sleep(0.1)
        assert capsys.readouterr().err == ""
        telling(Standing(30))
        until_said(capsys, "30 fetched, ")


@pytest.mark.parametrize(("name", "moves"), [("customers.jsonl", True), ("<stdout>", False)])
@pytest.mark.usefixtures("hurried")
def test_a_line_moves_only_where_no_events_can_come_between(
    *, name: str, moves: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    read, write = os.pipe()
    with os.fdopen(read), os.fdopen(write, "w") as pipe:
        monkeypatch.setattr("sys.stdout", pipe)
        monkeypatch.setattr("sys.stderr.isatty", lambda: True)
        out = BytesIO()
        out.name = name
        with Telling(out).ticker:
            said = until_said(capsys, "0 fetched, ")
    assert said.startswith("\r") is moves


def test_what_is_tried_again_is_told_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    Telling(BytesIO())(Standing(20, failed=Failed("GET /thing: no complete reply within 20 s", 1, 4)))
    assert capsys.readouterr().err == (
        "GET /thing: no complete reply within 20 s; trying again (1 of 4 tries)\n"
    )
