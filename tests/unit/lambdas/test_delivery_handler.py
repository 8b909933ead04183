"""The handler of the delivery queue, on what SQS gives it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from lambdas import deliver_notification
from tests.unit.usecases.telling.office import Office, office

EVENT = Path(__file__).parent / "events" / "deliver_notification.json"


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    monkeypatch.setenv("POWERTOOLS_TRACE_DISABLED", "true")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "sluice")
    with office() as found:
        monkeypatch.setattr(deliver_notification, "outbox", lambda: found.outbox)
        yield found


def call(body: str | None = None) -> Any:
    event = json.loads(EVENT.read_text())
    if body is not None:
        event["Records"][0]["body"] = body
    context = SimpleNamespace(
        function_name="deliver_notification",
        memory_limit_in_mb=256,
        invoked_function_arn="arn:aws:lambda:eu-north-1:1:function:deliver_notification",
        aws_request_id="1",
        tenant_id=None,
    )
    return deliver_notification.handler(event, context)  # type: ignore[arg-type]


def test_a_notification_becomes_a_job_and_the_job_a_mail(here: Office) -> None:
    here.add("ops", "email", "ops@example.com")
    assert call() == {"batchItemFailures": []}
    [job] = here.queue.receive()
    assert call(job.body) == {"batchItemFailures": []}
    assert [mail.to for mail in here.mailer.mails] == ["ops@example.com"]


def test_a_job_that_fails_is_given_back(here: Office) -> None:
    here.add("ops", "email", "ops@example.com")
    here.mailer.failures = 1
    call()
    [job] = here.queue.receive()
    failed = {"batchItemFailures": [{"itemIdentifier": "2e1424d4-f796-459a-8184-9c92662be6da"}]}
    assert call(job.body) == failed
    assert call(job.body) == {"batchItemFailures": []}


@pytest.mark.parametrize("body", ["not json", "[]", '{"job": "none"}', "null"])
def test_what_is_not_understood_is_given_back_until_it_is_a_dead_letter(here: Office, body: str) -> None:
    assert len(call(body)["batchItemFailures"]) == 1
