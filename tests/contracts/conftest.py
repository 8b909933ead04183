"""AWS for the contract suites: moto's, in this process, with its engine for state machines."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from moto import mock_aws

from sluice.aws.session import AwsSession


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[AwsSession]:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws(config={"stepfunctions": {"execute_state_machine": True}}):
        yield AwsSession(region="eu-north-1")
