"""Real clients of botocore with scripted answers: Stubber holds requests and answers to AWS's own model."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import botocore.endpoint
import pytest
from botocore.stub import Stubber
from moto import mock_aws

from sluice.aws.session import AwsSession
from tests.described import read_once
from tests.unit.aws.losing import ALL, Loss

read_once()


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> AwsSession:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    return AwsSession(region="eu-north-1")


@pytest.fixture
def script() -> Iterator[Callable[[Any], Stubber]]:
    """Give a Stubber of a client; when the test is over every scripted answer must have been asked for."""
    stubbers: list[Stubber] = []

    def make(client: Any) -> Stubber:
        stubber = Stubber(client)
        stubber.activate()
        stubbers.append(stubber)
        return stubber

    yield make
    for stubber in stubbers:
        stubber.assert_no_pending_responses()
        stubber.deactivate()


@pytest.fixture
def aws(session: AwsSession, monkeypatch: pytest.MonkeyPatch) -> Iterator[AwsSession]:
    monkeypatch.setattr(botocore.endpoint, "time", SimpleNamespace(sleep=lambda seconds: None))
    with mock_aws():
        yield session


@pytest.fixture
def loss() -> Loss:
    return Loss()


@pytest.fixture(params=[1, ALL], ids=["first answer lost", "all answers lost"])
def lost(request: pytest.FixtureRequest) -> int:
    times: int = request.param
    return times
