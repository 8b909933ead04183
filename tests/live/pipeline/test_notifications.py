"""Notifications reach receivers that fail first, through the deployed topic, queue and function."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
import urllib3

from sluice.bootstrap.deployment import Deployment
from sluice.local.deploy import CONSOLE
from sluice.messages.notification import Notice, Notification
from sluice.model.secret import Secret
from sluice.registry.telling.subscriptions import Channel
from sluice.usecases.telling.people.subscribing import (
    Wanted,
    add_subscription,
    remove_subscription,
    shown,
    try_subscription,
)
from tests.unit.usecases.telling.receiver import Answer, Receiver, receiving
from tests.unit.usecases.telling.test_delivering import is_signed_by

PATIENCE = 120
"""Seconds; the first try that fails is followed by the next after some 30."""


def wait_for(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < until, "it did not come in time"
        time.sleep(0.3)


def mails(deployment: Deployment) -> list[dict[str, Any]]:
    found = urllib3.request("GET", f"{deployment.endpoint}/_ministack/ses/messages").json()
    sent = [mail for of_account in found["messages"].values() for mail in of_account]
    return [mail for mail in sent if mail["To"] == ["ops@example.com"]]


def state(deployment: Deployment, name: str) -> str:
    return str(shown(deployment.world, deployment.outbox.subscriptions.get(name))["state"])


def add(deployment: Deployment, channel: str, target: str) -> Secret | None:
    return add_subscription(deployment.world, Wanted(channel, Channel(channel), Secret(target)))[1]


@pytest.fixture
def notice() -> Notification:
    return Notification(
        Notice.STREAM_HELD,
        "acme",
        "acme-1",
        "2026-11-21T08:00:00Z",
        "acme/invoice: held <!channel>",
        stream="invoice",
        incident="1a2b3c4d5e6f",
    )


def test_every_channel_is_told_once_also_where_a_receiver_fails_first(
    deployment: Deployment, notice: Notification
) -> None:
    deployment.session.mail.create_email_identity(EmailIdentity="sluice.example")  # type: ignore[attr-defined]
    with receiving(Answer(500)) as webhook, receiving(Answer(429)) as slack, receiving(Answer(503)) as teams:
        servers = {"webhook": webhook, "slack": slack, "teams": teams}
        keys = {name: add(deployment, name, server.url) for name, server in servers.items()}
        add(deployment, "email", "ops@example.com")
        deployment.world.notification.publish([notice.to_message(), notice.to_message()])
        wait_for(lambda: all(server.received for server in servers.values()) and bool(mails(deployment)))
        wait_for(lambda: all(len(server.received) >= 2 for server in servers.values()))
        wait_for(lambda: all(state(deployment, name) == "active" for name in servers))
        time.sleep(2)  # in which a third would come
        _look(servers, keys["webhook"], notice)
        [mail] = mails(deployment)
        assert mail["Subject"] == "[Sluice] Error: acme/invoice: held <!channel>"
        assert "held &lt;!channel&gt;" in mail["BodyHtml"]
        assert try_subscription(deployment.outbox, "slack").error == ""
        assert len(slack.received) == 3
    for name in (*servers, "email"):
        remove_subscription(deployment.world, name)
    assert list(deployment.outbox.subscriptions.all()) == []


def test_a_receiver_that_wants_no_more_is_left_alone(deployment: Deployment, notice: Notification) -> None:
    with receiving(Answer(410)) as webhook:
        add(deployment, "webhook", webhook.url)
        deployment.world.notification.publish([notice.to_message()])
        wait_for(lambda: state(deployment, "webhook") == "disabled")
        assert len(webhook.received) == 1
    remove_subscription(deployment.world, "webhook")


def _look(servers: dict[str, Receiver], key: Secret | None, notice: Notification) -> None:
    assert [len(server.received) for server in servers.values()] == [2, 2, 2]
    first, second = servers["webhook"].received
    assert key is not None
    assert is_signed_by(first, key.reveal())
    assert is_signed_by(second, key.reveal())
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    sent = json.loads(notice.to_message().body)
    sent["data"]["link"] = CONSOLE + sent["data"]["page"]
    assert json.loads(second.body) == sent
    assert (
        json.loads(servers["slack"].received[1].body)["text"] == "Error: acme/invoice: held &lt;!channel&gt;"
    )
    card = json.loads(servers["teams"].received[1].body)["attachments"][0]["content"]
    assert card["body"][0]["inlines"][0]["text"] == "Error: acme/invoice: held <!channel>"
