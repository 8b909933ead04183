"""The example of docs/connectors/from-airbyte.md becomes what stands there."""

from __future__ import annotations

import re

import yaml

from sluice.bootstrap.documents import ROOT
from tests.unit.kit.airbyte.drafting import drafted, faults, read, told

TEXT = (ROOT / "docs/connectors/from-airbyte.md").read_text("utf-8")
MANIFEST, STREAM = (yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL))
TOLD = re.findall(r"```\n(streams\..*?)```", TEXT, re.DOTALL)[0].splitlines()


def test_the_example_becomes_the_stream_that_is_shown() -> None:
    draft = drafted(MANIFEST)
    assert read(draft, "connectors/havgull/customer.yaml") == STREAM
    assert faults(draft) == []


def test_the_example_tells_what_is_said_to_be_told() -> None:
    assert told(drafted(MANIFEST)) == TOLD


def test_the_connector_has_the_setting_and_the_secret() -> None:
    connector = read(drafted(MANIFEST), "connectors/havgull/connector.yaml")
    assert connector["settings"]["required"] == ["company"]
    assert connector["secrets"] == {"token": {"title": "API token"}}
    assert connector["auth"] == {"kind": "bearer", "token": {"secret": "token"}}
