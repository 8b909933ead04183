from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from sandbox.options import Options
from sandbox.server import SandboxServer, serve
from sluice.bootstrap.documents import catalog
from tests.unit.cli.conftest import Terminal


@pytest.fixture
def server() -> Iterator[SandboxServer]:
    connector = catalog().connector("tripletex")
    with serve(connector, 0, Options(records=dict.fromkeys(connector.streams, 12))) as running:
        yield running


def given(server: SandboxServer) -> list[str]:
    pairs = [("base_url", server.base_url), *server.secrets.items()]
    return [word for name, text in pairs for word in ("--set", f"{name}={text}")]


def test_a_stream_is_pulled_to_lines_of_events(
    terminal: Terminal, server: SandboxServer, tmp_path: Path
) -> None:
    out = tmp_path / "customers.jsonl"
    said = terminal("pull", "tripletex", "customer", *given(server), "--out", str(out))
    events = [json.loads(line) for line in out.read_bytes().splitlines()]
    assert said.code == 0
    assert said.err.startswith("12 fetched, 12 mapped, 12 published; ")
    assert {event["type"] for event in events} == {"customer.upserted"}
    assert len(events) == 12


def test_raw_records_are_as_the_erp_sent_them(
    terminal: Terminal, server: SandboxServer, tmp_path: Path
) -> None:
    out = tmp_path / "raw.jsonl"
    assert terminal("pull", "tripletex", "customer", *given(server), "--raw", "--out", str(out)).code == 0
    first = json.loads(out.read_bytes().splitlines()[0])
    assert "customerNumber" in first


def test_a_wrong_secret_is_named_and_not_shown(
    terminal: Terminal, server: SandboxServer, tmp_path: Path
) -> None:
    wrong = [word.replace("sandbox-", "canary-") for word in given(server)]
    said = terminal("pull", "tripletex", "customer", *wrong, "--out", str(tmp_path / "x"))
    assert said.code == 1
    assert "error: CredentialsRejected: " in said.err
    assert "what to do: Give others with --set" in said.err
    assert "canary" not in said.err


def test_a_renamed_field_blocks(terminal: Terminal, server: SandboxServer, tmp_path: Path) -> None:
    order = {"stream": "customer", "kind": "rename", "path": "name", "to": "title"}
    body = json.dumps(order).encode()
    urlopen(f"{server.url}/_sandbox/mutate", body).close()  # noqa: S310 - loopback
    said = terminal("pull", "tripletex", "customer", *given(server), "--out", str(tmp_path / "x"))
    assert said.code == 3
    assert "error: ApiChanged: " in said.err
    # Nothing is held here, so there is no change to accept.
    assert "what to do: Correct the stream's file or its mapping" in said.err
    assert "sluice changes" not in said.err


TENANT = "tenant_id=8b4a2c1e-0f63-4d5a-9c77-3e1d2f6a5b40"
XERO = [part for given in (TENANT, "client_id=x", "client_secret=y") for part in ("--set", given)]


def test_a_pull_that_cannot_begin_leaves_the_file_as_it_was(terminal: Terminal, tmp_path: Path) -> None:
    out = tmp_path / "kept.jsonl"
    out.write_text("of the last pull\n")
    assert terminal("pull", "tripletex", "customr", "--out", str(out)).code != 0
    assert out.read_text() == "of the last pull\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["tripletx", "customer"], "did you mean 'tripletex'?"),
        (["tripletex", "custmer"], "it has: account, activity"),
        (["tripletex", "customer", "--set", "bas_url=x"], "did you mean 'base_url'?"),
        (["tripletex", "customer"], "consumer_token"),
        (["xero", "customer", *XERO], "lacks a refresh token; right would be --set refresh_token="),
    ],
)
def test_wrong_use_says_what_would_be_right(terminal: Terminal, arguments: list[str], words: str) -> None:
    said = terminal("pull", *arguments)
    assert said.code == 2
    assert words in said.err


def test_what_is_held_at_its_first_window_leaves_nobody_reading_on(
    terminal: Terminal, tmp_path: Path
) -> None:
    connector = catalog().connector("tripletex")
    options = Options(records={"customer": 9_000}, mutations=("D42:customer.name",))
    with serve(connector, 0, options) as running:
        said = terminal("pull", "tripletex", "customer", *given(running), "--out", str(tmp_path / "x"))
        assert said.code == 3
        assert not [thread for thread in threading.enumerate() if thread.name == "reading-ahead"]
        asked = running.sandbox.counts["customer"]
    assert asked < 6  # of ten
