"""The schema of a connection's settings comes from outside: it may say what is right, and do nothing else."""

from __future__ import annotations

import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from sluice.connector.load import check_connector
from sluice.connector.settings import complete_settings
from sluice.errors import ConfigurationInvalid
from sluice.model.json_schema import is_linear
from tests.unit.connector.scripted import CONNECTOR, documents, toy

DAY = 'from_day: {type: string, format: date, default: "2026-11-01"}'
CATASTROPHIC = (
    "^(a+)+$",
    "^(a|a)*$",
    "^(a|aa)+$",
    "^([a-zA-Z]+)*$",
    "(.*a){12}$",
    "^(([a-z])+.)+[A-Z]([a-z])+$",
)
SECONDS = 2.0
"""What an engine that goes back would take for one of them is more than a life."""


def with_field(field: str) -> str:
    """Return the toy's connector.yaml with another setting in place of one of its own."""
    assert DAY in CONNECTOR
    return CONNECTOR.replace(DAY, f"from_day: {field}")


@pytest.fixture
def asked() -> Iterator[tuple[str, list[str]]]:
    """A server's address, and the paths that it was asked for."""
    paths: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            paths.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", paths
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    "field",
    [
        "{type: string, $ref: 'SERVER/a.json'}",
        "{type: string, allOf: [{$ref: 'SERVER/b.json'}]}",
        "{type: string, $schema: 'SERVER/c.json'}",
        "{type: string, $id: 'SERVER/d.json', $dynamicRef: '#x'}",
        "{type: object, properties: {a: {items: {$ref: 'SERVER/e.json'}}}}",
        "{type: string, $ref: 'file:///etc/hostname'}",
        "{type: string, $ref: '#'}",
    ],
)
def test_no_other_schema_is_named_and_so_none_is_fetched(field: str, asked: tuple[str, list[str]]) -> None:
    server, paths = asked
    faults = check_connector(documents(with_field(field.replace("SERVER", server))), "toy")
    assert {fault.code for fault in faults} == {"unknown_key"}
    assert all(fault.pointer.startswith("/settings/properties/from_day/") for fault in faults)
    assert paths == []


@pytest.mark.parametrize(
    ("word", "meant"), [("minimun", "minimum"), ("patern", "pattern"), ("enums", "enum")]
)
def test_a_misspelt_word_is_told_with_the_right_one(word: str, meant: str) -> None:
    (fault,) = check_connector(documents(with_field(f"{{type: string, {word}: [x]}}")), "toy")
    assert (fault.code, fault.pointer) == ("unknown_key", f"/settings/properties/from_day/{word}")
    assert f"did you mean {meant!r}?" in fault.message


@pytest.mark.parametrize(
    "pattern", ["(?=a)a", "(?<!a)b", r"(a)\1", "(((a{100}){100}){100}){100}", "(a", 7, None]
)
def test_a_pattern_that_would_not_take_linear_time_is_refused(pattern: object) -> None:
    text = "null" if pattern is None else f"'{pattern}'" if isinstance(pattern, str) else str(pattern)
    faults = check_connector(documents(with_field(f"{{type: string, pattern: {text}}}")), "toy")
    assert {fault.code for fault in faults} <= {"bad_pattern", "bad_schema"}
    assert {fault.pointer for fault in faults} == {"/settings/properties/from_day/pattern"}


@pytest.mark.parametrize("pattern", CATASTROPHIC)
def test_a_pattern_that_makes_others_go_back_for_ever_takes_no_time(pattern: str) -> None:
    assert is_linear(pattern)
    began = time.monotonic()
    worst = "a" * 20_000 + "!"
    faults = check_connector(
        documents(with_field(f"{{type: string, pattern: '{pattern}', default: '{worst}'}}")), "toy"
    )
    assert [fault.code for fault in faults] == ["bad_default"]
    connector = toy(with_field(f"{{type: string, pattern: '{pattern}'}}"))
    with pytest.raises(ConfigurationInvalid, match="should match"):
        complete_settings(connector, {"from_day": worst})
    assert time.monotonic() - began < SECONDS
