"""An operator's way: a connection by the form, its first run live, an API change and what was held for it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from sandbox.server import SandboxServer
from tests.live.console.conftest import Enter, Place
from tests.live.console.situation import Customer

RUN_MILLISECONDS = 90_000
"""How long a run may take on a busy machine."""
STREAMS = ("department", "project")
PROJECTS = 30


@pytest.fixture(scope="module")
def sundby(place: Place, erp: Callable[..., SandboxServer]) -> Customer:
    """A sandbox that nobody is connected to yet; the tests below are one story, in this order."""
    server = erp("tripletex", records={"department": 4, "project": PROJECTS})
    return Customer("sundby", server, place.deployment)


def fill(page: Page, sundby: Customer) -> None:
    """Fill in the form as its fields ask for it."""
    page.get_by_label("Name of the connection").fill(sundby.name)
    page.get_by_label("Address of the API").fill(str(sundby.erp.settings["base_url"]))
    for label, name in {"Consumer token": "consumer_token", "Employee token": "employee_token"}.items():
        page.get_by_label(label).fill(sundby.erp.secrets[name])
    page.get_by_role("radio", name="Only these").check()
    page.get_by_role("button", name="Tick none").click()
    for stream in STREAMS:
        page.get_by_role("checkbox", name=stream).check()


def test_a_wrong_form_says_what_is_wrong_and_stores_nothing(enter: Enter, sundby: Customer) -> None:
    somebody = enter("operator")
    page = somebody.open("/connections/New?connector=tripletex")
    name, address = page.get_by_label("Name of the connection"), page.get_by_label("Address of the API")
    name.fill("Sundby & Co")
    page.get_by_role("button", name="Add the connection").click()
    expect(page.get_by_text(re.compile(r"^\d+ things are wrong"))).to_be_visible()
    for field in (name, page.get_by_label("Consumer token"), page.get_by_label("Employee token")):
        expect(field).to_have_attribute("aria-invalid", "true")
    name.fill(sundby.name)
    expect(name).not_to_have_attribute("aria-invalid", "true")
    page.get_by_role("button", name="More settings").click()
    address.fill("no address")
    expect(address).to_have_attribute("aria-invalid", "true")
    assert sundby.name not in [one.name for one in sundby.deployment.world.connections.all()]


def test_a_connection_is_added_and_its_first_run_seen_live(enter: Enter, sundby: Customer) -> None:
    somebody = enter("operator")
    page = somebody.open("/connections")
    page.get_by_role("link", name="Add a connection").first.click()
    page.get_by_label("Which ERP").click()
    page.get_by_role("option", name=re.compile("^Tripletex")).click()
    page.get_by_role("button", name="More settings").click()
    fill(page, sundby)
    page.get_by_role("button", name="Add the connection").click()
    expect(page.get_by_text("sundby is connected")).to_be_visible()

    page.get_by_role("button", name="Run now").click()
    expect(page).to_have_url(re.compile(r"/runs/sundby-"))
    # Nobody loads the page again: it follows the run by itself.
    page.evaluate("window.__stayed = true")
    done = page.locator("#main").get_by_text("succeeded", exact=True).filter(visible=True).first
    expect(done).to_be_visible(timeout=RUN_MILLISECONDS)
    assert page.evaluate("window.__stayed")
    row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="project"))
    expect(row).to_contain_text(str(PROJECTS))
    expect(row).to_contain_text("synced")


def test_a_field_that_is_renamed_holds_its_stream_by_name_until_the_suggestion_is_accepted(
    enter: Enter, sundby: Customer
) -> None:
    sundby.order("mutate", mutation="D44:project.name=projectName")
    changed = len(sundby.order("change", stream="project", count=3, set={"description": "Ny"})["changed"])
    somebody = enter("operator")
    page = somebody.open("/runs?connection=sundby")
    page.get_by_role("button", name="Start a run").click()
    page.get_by_role("button", name="Start the run").click()
    expect(page).to_have_url(re.compile(r"/runs/sundby-"))
    expect(page.get_by_text(re.compile(r"held.*: ApiChanged"))).to_be_visible(timeout=RUN_MILLISECONDS)
    page.get_by_role("link", name="Decide on the API changes").click()
    page.get_by_role("link", name="field renamed").click()
    somebody.settled()
    main = page.locator("#main")
    expect(main).to_contain_text("projectName")
    expect(main).to_contain_text("Read projectName instead of name")
    page.get_by_role("button", name="Accept").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Reason").fill("they call it so now")
    dialog.get_by_role("button", name=re.compile("^Accept")).click()
    expect(main).to_contain_text("they call it so now")

    page.goto("/runs?connection=sundby&trigger=replay")
    page.get_by_role("link", name=re.compile("^sundby-")).first.click()
    expect(main.get_by_text("succeeded", exact=True).filter(visible=True).first).to_be_visible(
        timeout=RUN_MILLISECONDS
    )
    row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="project"))
    expect(row).to_contain_text(str(changed))
    arrived = [data["id"] for data in sundby.arrived("project") if data["description"] == "Ny"]
    assert len(set(arrived)) == len(arrived) == changed
