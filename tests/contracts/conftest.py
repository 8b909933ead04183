"""AWS for the contract suites: moto's, in this process, with its engine for state machines."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from moto import mock_aws

from sluice.aws.session import AwsSession
from tests.described import read_once

read_once()


@pytest.fixture(scope="session")
def clients() -> AwsSession:
    """Clients, each made once: to make one takes longer than most of what is asked of it here."""
    return AwsSession(region="eu-north-1")


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch, clients: AwsSession) -> Iterator[AwsSession]:
    """The clients, on an AWS of moto's that is empty."""
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws(config={"stepfunctions": {"execute_state_machine": True}}):
        yield clients
