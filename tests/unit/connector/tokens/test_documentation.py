"""The examples of docs/connectors/authentication.md load, and what logs in can be read by them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from sandbox.options import Options
from sandbox.server import serve
from sluice.connector.load import check_connector
from sluice.connector.outcomes import LoggedIn
from sluice.model.secret import Secret
from tests import yaml_text
from tests.unit.connector.scripted import CONNECTOR, documents, drive, reader, toy
from tests.unit.connector.tokens.test_against_sandbox import send

TEXT = (Path(__file__).parents[4] / "docs" / "connectors" / "authentication.md").read_text("utf-8")
EXAMPLES = [yaml_text.read(block) for block in re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)]
LOGINS = [example for example in EXAMPLES if example["auth"]["kind"] != "api_key"]


def kind_of(example: dict[str, Any]) -> str:
    return str(example["auth"]["kind"])


def manifest(example: dict[str, Any]) -> str:
    """Return the toy connector's YAML with what the example says in place of its own."""
    return yaml_text.written({**yaml_text.read(CONNECTOR), **example})


def test_there_is_an_example_of_each_kind_that_needs_explaining() -> None:
    assert [kind_of(example) for example in EXAMPLES] == [
        "api_key",
        "session",
        "oauth2_client_credentials",
        "oauth2_authorization_code",
        "oauth2_jwt_bearer",
    ]


@pytest.mark.parametrize("example", EXAMPLES, ids=kind_of)
def test_an_example_loads(example: dict[str, Any]) -> None:
    assert check_connector(documents(manifest(example)), "toy") == []


@pytest.mark.parametrize("example", LOGINS, ids=kind_of)
def test_a_login_of_an_example_opens_a_sandbox(example: dict[str, Any]) -> None:
    connector = toy(manifest(example))
    with serve(connector, 0, Options(records={"thing": 5})) as server:
        secrets = {name: Secret(text) for name, text in server.secrets.items()}
        reading = reader(connector, settings=server.settings, secrets=secrets, now=lambda: datetime.now(UTC))
        outcomes = list(drive(reading, send))
    assert outcomes[0] == LoggedIn()
    assert reading.records == 5
