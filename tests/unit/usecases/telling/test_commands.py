"""`sluice notifications` and docs/ops/notifications.md."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sluice.cli.main import run
from sluice.cli.reach import Reach
from sluice.messages.people.signing import Signed, new_key, signature_headers
from tests.unit.usecases.telling.office import Office, office
from tests.unit.usecases.telling.receiver import Answer, receiving

DOCUMENT = Path(__file__).parents[4] / "docs" / "ops" / "notifications.md"


@pytest.fixture
def here() -> Iterator[Office]:
    with office() as found:
        yield found


def call(here: Office, *arguments: str) -> int:
    reach = Reach()
    reach.__dict__["deployment"] = SimpleNamespace(world=here.outbox.world, outbox=here.outbox)
    return run(["notifications", *arguments], reach)


def test_a_subscription_from_its_beginning_to_its_end(
    here: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    with receiving(Answer(500)) as receiver:
        assert call(here, "add", "ops", "webhook", "--to", receiver.url, "--severity", "error", "--json") == 0
        assert '"signing_key": "whsec_' in capsys.readouterr().out
        assert call(here, "test", "ops") == 1
        assert "the receiver answered 500" in capsys.readouterr().err
        assert call(here, "list") == 0
        assert "failing" in capsys.readouterr().out
        assert call(here, "test", "ops") == 0
        assert call(here, "show", "ops") == 0
        shown = capsys.readouterr().out
        assert "active" in shown
        assert "whsec_" not in shown
        assert receiver.url not in shown
    assert call(here, "change", "ops", "--kind", "run.*", "--to", "https://hooks.example/zz99", "--json") == 0
    changed = capsys.readouterr().out
    assert "hooks.example ...zz99" in changed
    assert (here.state("ops")["kinds"], here.state("ops")["severities"]) == (["run.*"], ["error"])
    assert call(here, "change", "ops", "--kind", "run.sideways") == 2
    assert call(here, "pause", "ops") == 0
    assert here.state("ops")["state"] == "paused"
    assert call(here, "resume", "ops") == 0
    assert call(here, "rotate", "ops") == 0
    assert "whsec_" in capsys.readouterr().out
    assert call(here, "remove", "ops", "--yes") == 0
    assert call(here, "show", "ops") == 2
    assert call(here, "list") == 0
    assert "nobody is told yet" in capsys.readouterr().err


def test_what_the_document_says_verifies_what_is_sent() -> None:
    [code] = re.findall(r"```python\n(.+?)```", DOCUMENT.read_text(), re.DOTALL)
    found: dict[str, Any] = {}
    exec(code, found)  # noqa: S102 - our own document
    key, body = new_key(), b'{"type":"stream.held"}'
    headers = signature_headers(Signed("msg_1", body, datetime.now(UTC)), [new_key(), key])
    assert found["verified"](key.reveal(), headers, body)
    assert not found["verified"](key.reveal(), headers, body + b" ")
    assert not found["verified"](new_key().reveal(), headers, body)
    old = datetime.fromtimestamp(time.time() - 600, UTC)
    assert not found["verified"](key.reveal(), signature_headers(Signed("msg_1", body, old), [key]), body)
