"""An operator decides on API changes: one is rejected, another accepted by keyboard, the first after all."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from sandbox.server import SandboxServer
from sluice.cli.operating.topics import events_of, messages
from sluice.usecases.deciding.changes import list_changes
from tests.live.console.conftest import Enter, Place
from tests.live.console.situation import Customer, connect
from tests.live.console.test_keyboard import tab_to

pytestmark = pytest.mark.timeout(300)  # where it runs alone, its first test starts everything
RUN_MILLISECONDS = 90_000
"""How long a run may take on a busy machine."""
PATIENCE_SECONDS = 2.0
STREAMS = {"department": "departmentNumber", "project": "description"}
"""Each stream with the field by which its changed records are known again."""
NEW = "4711-new"
CHANGED = 3
REASON = "the vendor takes it back on Monday"


@pytest.fixture(scope="module")
def bruket(place: Place, erp: Callable[..., SandboxServer]) -> Customer:
    """A customer whose ERP calls a field of two streams otherwise: both are held."""
    server = erp("tripletex", records={"department": 6, "project": 9})
    customer = connect(place.deployment, server, "bruket", streams=STREAMS)
    customer.run()
    for stream, field in STREAMS.items():
        customer.order("change", stream=stream, count=CHANGED, set={field: NEW})
        customer.order("mutate", mutation=f"D44:{stream}.name={stream}Name")
    customer.run()
    return customer


@pytest.fixture(scope="module")
def addresses(bruket: Customer) -> dict[str, str]:
    """Return the page of each stream's change."""
    found = {one.stream: one for one in list_changes(bruket.deployment.world, bruket.name)}
    return {stream: f"/changes/{found[stream].id}" for stream in STREAMS}


class Arrived:
    """What came to the information queue of the customer's records that changed; it stays there."""

    def __init__(self, of: Customer) -> None:
        self._of = of
        self._seen: set[str] = set()

    def __call__(self, stream: str) -> int:
        """Return how many records of a stream came so far."""
        for message in messages(self._of.deployment.queue("information"), PATIENCE_SECONDS):
            for event in events_of(message):
                if NEW in json.dumps(event["data"]):
                    self._seen.add(event["data"]["id"])
        return sum(one.startswith(f"{self._of.name}/{stream}/") for one in self._seen)


@pytest.fixture(scope="module")
def arrived(bruket: Customer) -> Arrived:
    return Arrived(bruket)


def follow_the_hand_over(page: Page) -> None:
    """Go to the run that hands over what waited, and see it end well."""
    page.get_by_role("link", name="Follow the hand-over").click()
    expect(
        page.locator("#main").get_by_text("succeeded", exact=True).filter(visible=True).first
    ).to_be_visible(timeout=RUN_MILLISECONDS)


def test_no_decision_is_taken_without_a_reason(enter: Enter, addresses: dict[str, str]) -> None:
    somebody = enter("operator")
    page = somebody.open(addresses["department"])
    for what in ("Reject", "Accept"):
        page.get_by_role("button", name=what, exact=True).click()
        dialog = page.get_by_role("dialog", name=f"{what} this change?")
        reason = dialog.get_by_label("Reason")
        dialog.get_by_role("button", name=f"{what} the change").click()
        expect(reason).to_have_attribute("aria-invalid", "true")
        expect(reason).to_be_focused()
        expect(dialog).to_contain_text("Say why")
        reason.fill(" ")
        expect(reason).to_have_attribute("aria-invalid", "true")
        reason.fill("x")
        expect(reason).not_to_have_attribute("aria-invalid", "true")
        page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()
        expect(page.get_by_role("button", name=what, exact=True)).to_be_focused()
    expect(page.locator("#main")).to_contain_text("open, the stream is held")


def test_a_change_that_is_rejected_stays_held_and_everybody_can_read_why(
    enter: Enter, bruket: Customer, addresses: dict[str, str], arrived: Arrived
) -> None:
    somebody = enter("operator")
    page = somebody.open(addresses["department"])
    page.get_by_role("button", name="Reject", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Reason").fill(REASON)
    dialog.get_by_role("button", name="Reject the change").click()
    expect(page.get_by_text("The change is rejected")).to_be_visible()
    expect(page.get_by_text("Rejected: department stays held")).to_be_visible()
    expect(page.get_by_text("No run reads it until somebody accepts the change after all")).to_be_visible()
    expect(page.get_by_role("button", name="Reject", exact=True)).to_have_count(0)
    expect(page.locator("#main")).to_be_focused()
    main = page.locator("#main")
    expect(main).to_contain_text(re.compile(f"by olga, .*: {REASON}"))
    noted = main.get_by_role("table", name="Who did what").get_by_role("row", name="rejected an API change")
    expect(noted).to_contain_text(REASON)

    held = {one.stream: one.outcome for one in bruket.run().streams}
    assert held == dict.fromkeys(STREAMS, "held")
    assert arrived("department") == 0

    admin = enter("admin")
    page = admin.open(f"/audit?connection={bruket.name}&action=changes.reject")
    entry = page.get_by_role("row", name=re.compile("olga")).first
    expect(entry).to_contain_text("rejected an API change")
    expect(entry).to_contain_text(f"because: {REASON}")
    entry.get_by_role("button").click()
    expect(page.get_by_role("dialog")).to_contain_text("rejected")


def test_the_other_one_is_accepted_by_keyboard_alone_and_its_records_arrive(
    enter: Enter, addresses: dict[str, str], arrived: Arrived
) -> None:
    somebody = enter("operator")
    page = somebody.open("/changes?connection=bruket&state=open")
    page.locator("body").focus()
    tab_to(page, "Skip to the page")
    page.keyboard.press("Enter")
    tab_to(page, "field renamed")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"{addresses['project']}$"))
    expect(page.locator("#main")).to_be_focused()  # until then the list is there still
    somebody.settled()
    tab_to(page, "Accept")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Accept this change?")
    expect(dialog).to_be_visible()
    tab_to(page, "Cancel")
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("button", name="Accept", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(dialog.get_by_label("Patch the mapping as suggested")).to_be_checked()
    while not dialog.get_by_label("Reason").evaluate("(one) => one === document.activeElement"):
        page.keyboard.press("Tab")
    page.keyboard.type("they call it so now")
    tab_to(page, "Accept the change")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The change is accepted")).to_be_visible()
    # The button that was pressed is gone: the page has the focus, not nothing.
    expect(page.get_by_role("button", name="Accept", exact=True)).to_have_count(0)
    expect(page.locator("#main")).to_be_focused()
    expect(page.locator("#main")).to_contain_text("they call it so now")
    follow_the_hand_over(page)
    assert (arrived("project"), arrived("department")) == (CHANGED, 0)


def test_what_was_rejected_is_accepted_after_all(
    enter: Enter, addresses: dict[str, str], arrived: Arrived
) -> None:
    somebody = enter("operator")
    page = somebody.open(addresses["department"])
    expect(page.get_by_text("Rejected: department stays held")).to_be_visible()
    page.get_by_role("button", name="Accept after all").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Reason").fill("they keep it")
    dialog.get_by_role("button", name="Accept the change").click()
    expect(page.get_by_text("Rejected: department stays held")).to_have_count(0)
    notes = page.get_by_role("table", name="Who did what")
    expect(notes.get_by_role("row", name="accepted an API change")).to_contain_text("they keep it")
    expect(notes.get_by_role("row", name="rejected an API change")).to_contain_text(REASON)
    follow_the_hand_over(page)
    assert arrived("department") == CHANGED
