"""The handler of the delivery queue, on what SQS gives it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from lambdas import deliver_notification
from tests.unit.lambdas.calling import call, event_of
from tests.unit.usecases.telling.office import Office, office


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    monkeypatch.setenv("POWERTOOLS_TRACE_DISABLED", "true")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "sluice")
    with office() as found:
        monkeypatch.setattr(deliver_notification, "outbox", lambda: found.outbox)
        yield found


def deliver(body: str | None = None) -> Any:
    event = event_of("deliver_notification")
    if body is not None:
        event["Records"][0]["body"] = body
    return call("deliver_notification", **event)


def test_a_notification_becomes_a_job_and_the_job_a_mail(here: Office) -> None:
    here.add("ops", "email", "ops@example.com")
    assert deliver() == {"batchItemFailures": []}
    [job] = here.queue.receive()
    assert deliver(job.body) == {"batchItemFailures": []}
    assert [mail.to for mail in here.mailer.mails] == ["ops@example.com"]


def test_a_job_that_fails_is_given_back(here: Office) -> None:
    here.add("ops", "email", "ops@example.com")
    here.mailer.failures = 1
    deliver()
    [job] = here.queue.receive()
    failed = {"batchItemFailures": [{"itemIdentifier": "2e1424d4-f796-459a-8184-9c92662be6da"}]}
    assert deliver(job.body) == failed
    assert deliver(job.body) == {"batchItemFailures": []}


@pytest.mark.parametrize("body", ["not json", "[]", '{"job": "none"}', "null"])
def test_what_is_not_understood_is_given_back_until_it_is_a_dead_letter(here: Office, body: str) -> None:
    assert len(deliver(body)["batchItemFailures"]) == 1
