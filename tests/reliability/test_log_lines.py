"""A log that cannot be written, and entries too large for it: the work goes on, and says what was cut."""

from __future__ import annotations

import io
import json
import logging
from types import SimpleNamespace
from typing import Any

import pytest

from lambdas import powers
from lambdas.powers import powered
from sluice.bootstrap.log_line import LINE_BYTES, line_of
from sluice.errors import ErpUnavailable

CONTEXT: Any = SimpleNamespace(
    function_name="fetch_pages",
    memory_limit_in_mb="512",
    invoked_function_arn="arn:aws:lambda:eu-north-1:1:function:fetch_pages",
    aws_request_id="1",
    tenant_id=None,
)


class Broken(io.StringIO):
    """A stream that is gone."""

    tried = 0

    def write(self, text: str) -> int:
        self.tried += 1
        raise BrokenPipeError("nobody reads")


@pytest.fixture
def stream(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """Return what the handlers log to."""
    found = io.StringIO()
    into(monkeypatch, found)
    return found


def into(monkeypatch: pytest.MonkeyPatch, stream: io.StringIO) -> None:
    for handler in powers.logger.handlers:
        if isinstance(handler, logging.StreamHandler):
            monkeypatch.setattr(handler, "stream", stream)


@powered
def failing(event: dict[str, Any], context: Any) -> Any:
    raise ErpUnavailable(event["why"])


@powered
def working(event: dict[str, Any], context: Any) -> Any:
    powers.logger.info("at work", extra={"page": event["why"]})
    return {"outcome": "done"}


def test_a_log_that_cannot_be_written_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = Broken()
    into(monkeypatch, broken)
    assert working({"why": "x"}, CONTEXT) == {"outcome": "done"}
    with pytest.raises(ErpUnavailable, match="x"):
        failing({"why": "x"}, CONTEXT)
    assert broken.tried >= 2


@pytest.mark.parametrize("why", ["x" * 1_000_000, "ø" * 300_000, "\x00" * 300_000], ids=["plain", "ø", "NUL"])
def test_an_entry_that_is_too_large_is_cut_and_says_so(stream: io.StringIO, why: str) -> None:
    with pytest.raises(ErpUnavailable):
        failing({"why": why, "connection": "acme"}, CONTEXT)
    [line] = stream.getvalue().splitlines()
    assert len(line.encode()) <= LINE_BYTES
    told = json.loads(line)
    assert (told["message"], told["connection"], told["level"]) == ("ErpUnavailable", "acme", "WARNING")
    assert told["reason"].endswith("characters cut)")
    assert told["reason"].startswith(why[:1_000])


def test_an_entry_that_fits_is_as_it_is() -> None:
    entry = {"message": "a" * 100_000, "list": list(range(1_000))}
    assert json.loads(line_of(entry)) == entry


@pytest.mark.parametrize(
    "entry",
    [
        {"message": [["x" * 100_000] * 100] * 10},
        {f"key {number}": "y" * 500 for number in range(10_000)},
        {"k" * 500_000: 1},
        {"message": {"deep": ["z" * 2_000] * 5_000}},
    ],
    ids=["lists", "keys", "a key", "deep"],
)
def test_whatever_is_too_large_becomes_a_line_of_json_that_is_not(entry: dict[str, Any]) -> None:
    line = line_of(entry)
    assert len(line.encode()) <= LINE_BYTES
    assert "cut)" in json.dumps(json.loads(line))
