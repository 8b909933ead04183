"""Who is told of what: a subscription by the form, tried by its button, heard of by a receiver that fails."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from sluice.errors import ConfigurationInvalid
from sluice.messages.notification import Notice, Notification
from sluice.usecases.telling.people.subscribing import remove_subscription
from tests.live.console.conftest import Enter, Place
from tests.unit.usecases.telling.receiver import Answer, Receiver, receiving
from tests.unit.usecases.telling.test_delivering import is_signed_by

NAME = "nattevakt"
PATIENCE_SECONDS = 60


@pytest.fixture
def receiver(place: Place) -> Iterator[Receiver]:
    with receiving() as found:
        yield found
    try:
        remove_subscription(place.deployment.world, NAME)
    except ConfigurationInvalid:
        return  # the test has removed it


def row(page: Page) -> Locator:
    """Return the subscription's row."""
    return page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=re.compile(NAME)))


def add(page: Page, address: str) -> str:
    """Add the subscription by the form; return the signing key that is told once."""
    page.get_by_role("button", name="Add a subscription").first.click()
    dialog = page.get_by_role("dialog", name="Add a subscription")
    dialog.get_by_role("radio", name="Webhook").check()
    dialog.get_by_label("Name").fill("Natte Vakt")
    target = dialog.get_by_label("Address of the receiver")
    target.fill("http://receiver.example/hook")
    dialog.get_by_role("button", name="Add it").click()
    # What is wrong stands at its field, in words.
    for field in (dialog.get_by_label("Name"), target):
        expect(field).to_have_attribute("aria-invalid", "true")
    expect(dialog).to_contain_text("right would begin with https://")
    dialog.get_by_label("Name").fill(NAME)
    target.fill(address)
    dialog.get_by_role("button", name="Add it").click()
    told = page.get_by_role("dialog", name="The signing key")
    expect(told).to_contain_text("It is shown this once")
    key = told.get_by_label("Signing key").inner_text()
    told.get_by_role("button", name="I have kept it").click()
    expect(told).to_be_hidden()
    return key


def test_a_subscription_is_added_tried_and_its_receiver_gets_what_is_signed(
    enter: Enter, place: Place, receiver: Receiver
) -> None:
    somebody = enter("admin")
    somebody.watch.expect(r"422 .*/api/subscriptions")
    page = somebody.open("/notifications")
    key = add(page, receiver.url)
    expect(row(page)).to_contain_text("Webhook to 127.0.0.1")
    expect(row(page)).to_contain_text("none yet")
    # Whoever has the address can write to it: neither it nor the key is shown again.
    assert receiver.url not in page.content()
    assert key not in page.content()

    page.get_by_role("button", name=f"Test {NAME}").click()
    expect(page.get_by_text(f"A test was sent to {NAME}, and its receiver took it.")).to_be_visible()
    expect(row(page)).to_contain_text("active")
    expect(row(page)).not_to_contain_text("none yet")
    (tried,) = receiver.received
    assert json.loads(tried.body)["type"] == "notifications.test"
    assert is_signed_by(tried, key)

    held = Notification(
        Notice.STREAM_HELD, "acme", "acme-1", "2026-11-21T08:00:00Z", "acme/invoice: held", stream="invoice"
    )
    place.deployment.world.notification.publish([held.to_message()])
    until = time.monotonic() + PATIENCE_SECONDS
    while len(receiver.received) < 2 and time.monotonic() < until:
        page.wait_for_timeout(100)
    told = receiver.received[1]
    assert json.loads(told.body)["type"] == "stream.held"
    assert is_signed_by(told, key)


def test_a_receiver_that_fails_is_shown_with_what_it_said_until_it_is_well_again(
    enter: Enter, receiver: Receiver
) -> None:
    somebody = enter("admin")
    somebody.watch.expect(r"422 .*/api/subscriptions")
    page = somebody.open("/notifications")
    add(page, receiver.url)
    receiver.script.append(Answer(503))
    page.get_by_role("button", name=f"Test {NAME}").click()
    news = page.get_by_role("group").filter(has_text=f"The test of {NAME} did not arrive")
    expect(news).to_contain_text("the receiver answered 503")
    expect(row(page)).to_contain_text("failing")
    expect(row(page)).to_contain_text("the receiver answered 503")
    expect(row(page)).to_contain_text("since")

    page.get_by_role("button", name=f"Test {NAME}").click()
    expect(page.get_by_text(f"A test was sent to {NAME}, and its receiver took it.")).to_be_visible()
    expect(row(page)).to_contain_text("active")
    expect(row(page)).not_to_contain_text("503")

    page.get_by_role("button", name=f"More for {NAME}").click()
    page.get_by_role("menuitem", name="Remove").click()
    page.get_by_role("dialog", name=f"Remove {NAME}?").get_by_role("button", name="Remove it").click()
    expect(row(page)).to_have_count(0)
