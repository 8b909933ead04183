"""What is set aside is seen, mended, and handed over again: one record, then the rest, each once."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from sandbox.server import SandboxServer
from sluice.bootstrap.documents import ROOT, folder_documents
from sluice.registry.packages import files_of
from sluice.usecases.operating.quarantine import list_quarantined
from tests.live.console.conftest import Enter, Place
from tests.live.console.situation import Customer, Situation, connect

REPLAY_MILLISECONDS = 90_000
"""How long a replay may take on a busy machine."""
MAPPING = "transformers/tripletex/activity.yaml"
KNOWN, UNKNOWN = "        TASK: task\n", "TRAVEL"
"""A line of the mapping's table, and what the ERP begins to send, which is not in it."""
TRAVEL = "Reise til kunde"


@pytest.fixture(scope="module")
def kvitoy(place: Place, erp: Callable[..., SandboxServer]) -> Customer:
    """Three of its activities are of a type that the mapping does not know; the tests are one story."""
    customer = connect(
        place.deployment, erp("tripletex", records={"activity": 12}), "kvitoy", streams=("activity",)
    )
    customer.run()
    travel = {"activityType": UNKNOWN, "description": TRAVEL, "rate": 1203.5}
    customer.order("change", stream="activity", count=3, set=travel)
    customer.run()
    return customer


def waiting(of: Customer) -> list[str]:
    """Return the source ids of what is set aside."""
    return sorted(str(one.source_id) for one in list_quarantined(of.deployment.world, of.name))


def row_of(page: Page, source_id: str) -> Locator:
    return page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=source_id))


def agree(page: Page) -> None:
    """Answer the question that a replay begins with."""
    page.get_by_role("dialog").get_by_role("button", name="Replay", exact=True).click()


def replayed(page: Page, told: str) -> None:
    """Wait until the line above the page, which follows the replay, says what became of it."""
    expect(page.get_by_text(told)).to_be_visible(timeout=REPLAY_MILLISECONDS)


def test_a_record_that_nobody_has_mended_stays_and_says_so(enter: Enter, situation: Situation) -> None:
    page = enter("ops").open(situation.address("quarantine"))
    row = row_of(page, str(situation.aside.source_id))
    row.get_by_role("checkbox").check()
    page.get_by_role("button", name="Replay the chosen").click()
    agree(page)
    replayed(page, "0 published, 1 stay quarantined")
    expect(row).to_be_visible()


def test_what_is_wrong_is_told_in_words_and_what_is_personal_is_masked(
    enter: Enter, kvitoy: Customer
) -> None:
    page = enter("ops").open("/quarantine")
    page.get_by_role("row", name=re.compile("kvitoy")).get_by_role("link").click()
    first = waiting(kvitoy)[0]
    expect(row_of(page, first)).to_contain_text(f"type is the text '{UNKNOWN}'; should be one of")
    page.get_by_role("link", name=first).click()
    main = page.locator("#main")
    expect(main.get_by_text("Personal values are masked")).to_be_visible()
    record = main.get_by_label("The record")
    expect(record).to_contain_text(f'"activityType": "{UNKNOWN}"')
    # What is not in the canonical model may be anything.
    expect(record).to_contain_text('"rate": "***"')
    # The way back is by its stream.
    page.get_by_role("link", name="activity", exact=True).click()
    expect(page).to_have_url(re.compile(r"/quarantine\?connection=kvitoy&stream=activity$"))
    page.get_by_role("link", name=first).click()
    main.get_by_role("link", name=re.compile("^enum value new")).click()
    expect(page).to_have_url(re.compile("/changes/"))
    expect(main).to_contain_text("activityType")


def test_who_may_not_replay_is_offered_nothing_to_do_it_with(enter: Enter, kvitoy: Customer) -> None:
    page = enter("viewer").open(f"/quarantine?connection={kvitoy.name}")
    first = waiting(kvitoy)[0]
    expect(row_of(page, first)).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^Replay"))).to_have_count(0)
    expect(page.get_by_role("checkbox")).to_have_count(0)
    page.get_by_role("link", name=first).click()
    expect(page.get_by_text("As the ERP sent it")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^Replay"))).to_have_count(0)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The connector as it lies on the person's disk."""
    for path, text in files_of(folder_documents(ROOT), "tripletex").items():
        file = tmp_path / "my-erps" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text)
    return tmp_path / "my-erps"


def test_the_mapping_is_mended_for_this_connection(enter: Enter, kvitoy: Customer, folder: Path) -> None:
    page = enter("operator").open(f"/quarantine?connection={kvitoy.name}")
    page.get_by_role("link", name=waiting(kvitoy)[0]).click()
    page.get_by_role("link", name="register the connector").click()
    page.get_by_label("Folder of the connector").set_input_files(folder)
    page.get_by_label("File", exact=True).click()
    page.get_by_role("option", name=MAPPING).click()
    text = page.get_by_role("textbox", name=MAPPING)
    expect(text).to_have_value(re.compile("else: fault"))
    text.fill(text.input_value().replace(KNOWN, f"{KNOWN}        {UNKNOWN}: general\n"))
    page.get_by_label("For", exact=True).click()
    page.get_by_role("option", name=kvitoy.name).click()
    page.keyboard.press("Escape")
    page.get_by_label("Reason").fill("journeys are activities of their own")
    page.get_by_role("button", name="Register it").click()
    expect(page.get_by_text(re.compile(r"tripletex: version \d+ holds"))).to_be_visible()


def test_one_record_is_replayed_and_the_others_wait_on(enter: Enter, kvitoy: Customer) -> None:
    page = enter("ops").open(f"/quarantine?connection={kvitoy.name}")
    first, *rest = waiting(kvitoy)
    row_of(page, first).get_by_role("checkbox").check()
    page.get_by_role("button", name="Replay the chosen").click()
    agree(page)
    replayed(page, "1 published, 2 stay quarantined")
    expect(row_of(page, first)).to_have_count(0)
    for other in rest:
        expect(row_of(page, other)).to_be_visible()
    assert waiting(kvitoy) == rest


def test_the_rest_is_replayed_and_each_arrives_once(enter: Enter, kvitoy: Customer) -> None:
    page = enter("ops").open(f"/quarantine?connection={kvitoy.name}")
    assert len(waiting(kvitoy)) == 2
    page.get_by_role("button", name="Replay all").click()
    agree(page)
    replayed(page, "2 published")
    expect(page.get_by_text("Nothing is set aside")).to_be_visible()
    assert waiting(kvitoy) == []
    arrived = [data for data in kvitoy.arrived("activity") if data["description"] == TRAVEL]
    assert [data["type"] for data in arrived] == ["general"] * 3
    assert len({data["source_id"] for data in arrived}) == 3
