"""An operator lets an ERP in: drafted from the vendor's document, tried, registered, renewed, taken back."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

import pytest
from playwright.sync_api import Locator, Page, expect

from sluice.bootstrap.deployment import Deployment
from sluice.bootstrap.documents import ROOT
from sluice.usecases.deciding.registering import Wanted, register, roll_back
from tests.live.console.conftest import Enter, Place

DOCUMENT = ROOT / "docs" / "tutorial" / "bygdeverk.openapi.yaml"
GOOD = {"id": 41, "name": "Sundby Bygg AS", "clientNo": "10041", "archived": False}
BAD = {"id": {"no": 42}, "name": "Fjord AS"}
REPLY = json.dumps({"items": [GOOD, BAD], "total": 2})


@dataclass(frozen=True)
class Erp:
    """The connector that is let in; the tests below are one story, in this order."""

    name: str
    deployment: Deployment

    @property
    def holds(self) -> int:
        """Return the version that holds."""
        return self.deployment.world.packages.active(self.name).version

    def file(self, name: str) -> str:
        """Return the path of a mapping as the page names it."""
        return f"transformers/{self.name}/{name}.yaml"


@pytest.fixture(scope="module")
def bygdeverk(place: Place) -> Erp:
    # What was registered once stays: where this has run before, the name is taken.
    known = place.deployment.world.catalog.names()
    name = "bygdeverk" if "bygdeverk" not in known else f"bygdeverk_{token_hex(2)}"
    return Erp(name, place.deployment)


def editor(page: Page, path: str) -> Locator:
    """Return where a file's text is edited."""
    return page.get_by_label(path, exact=True).and_(page.locator("textarea"))


def version(page: Page, number: int) -> Locator:
    """Return a version's row."""
    return page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=re.compile(f"^{number}\\b")))


def test_a_vendors_document_is_drafted_tried_on_a_reply_and_registered(enter: Enter, bygdeverk: Erp) -> None:
    somebody = enter("operator")
    somebody.watch.expect(r"422 .*/api/connectors/")  # the draft lacks what a person has to decide
    page = somebody.open("/connectors")
    page.get_by_role("link", name="Register a connector").click()
    page.get_by_role("radio", name=re.compile("^An OpenAPI document")).check()
    page.get_by_label("What the connector is to be called").fill(bygdeverk.name)
    page.locator("input[type=file]").set_input_files(DOCUMENT)
    page.get_by_role("button", name="Draft it").click()
    expect(page.get_by_text(re.compile("^Read as OpenAPI 3.0.3 1.4: customer, project"))).to_be_visible()
    expect(page.get_by_text("every project must have one (Name of the project)")).to_be_visible()

    # What lacks is open at once, and is refused at its file.
    mapping = editor(page, bygdeverk.file("project"))
    expect(mapping).to_have_attribute("aria-invalid", "true")
    page.get_by_role("button", name="Register it").click()
    expect(page.get_by_text("name is required, but has no rule").first).to_be_visible()
    assert bygdeverk.holds == 0
    mapping.fill(mapping.input_value().rstrip() + "\n  name: heading\n")

    page.get_by_label("Body of the reply").fill(REPLY)
    expect(page.get_by_text("2 records of customer; 1 with faults would be quarantined")).to_be_visible()
    expect(page.get_by_label("Record 1, canonical")).to_contain_text('"number": "10041"')
    expect(page.get_by_label("Record 1, canonical")).to_contain_text('"name": "Sundby Bygg AS"')
    expect(page.get_by_label("Record 2 as it came")).to_contain_text("Fjord AS")
    expect(page.get_by_text("None: it has faults.")).to_be_visible()
    # It follows what is typed, without a button.
    page.get_by_label("Body of the reply").fill(json.dumps({"items": [GOOD], "total": 1}))
    expect(page.get_by_text("1 record of customer", exact=True)).to_be_visible()
    page.get_by_label("Body of the reply").fill("<html>login</html>")
    expect(page.get_by_text("This reply cannot be read")).to_be_visible()

    page.get_by_label("Reason").fill("the ERP of acme")
    page.get_by_role("button", name="Register it").click()
    expect(page.get_by_text(f"{bygdeverk.name}: version 1 holds")).to_be_visible()
    expect(page).to_have_url(re.compile(f"/connectors/{bygdeverk.name}$"))
    assert bygdeverk.holds == 1


def test_what_was_never_delivered_is_not_offered_to_go_back_to_that(enter: Enter, bygdeverk: Erp) -> None:
    somebody = enter("operator")
    page = somebody.open(f"/connectors/{bygdeverk.name}?tab=versions")
    expect(version(page, 1)).to_contain_text("the ERP of acme")
    expect(version(page, 1)).to_contain_text("holds")
    expect(page.get_by_role("link", name="Register a version")).to_be_visible()
    expect(page.get_by_role("button", name="Back to what was delivered")).to_have_count(0)


def test_another_version_comes_from_a_folder_and_the_one_before_is_let_hold_again(
    enter: Enter, bygdeverk: Erp, tmp_path: Path
) -> None:
    files = bygdeverk.deployment.world.catalog.files(bygdeverk.name)
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(
            re.sub(rb"^title: Bygdeverk.*", b"title: Byggverk", text, flags=re.MULTILINE)
        )
    somebody = enter("operator")
    page = somebody.open("/connectors/Register")
    page.get_by_label("Folder of the connector").set_input_files(tmp_path)
    expect(page.get_by_text(f"{bygdeverk.name}: {len(files)} files")).to_be_visible()
    page.get_by_label("Reason").fill("a better title")
    page.get_by_role("button", name="Register it").click()
    expect(page.get_by_text(f"{bygdeverk.name}: version 2 holds")).to_be_visible()
    title = page.locator("h1")
    expect(title).to_have_text("Byggverk")
    assert bygdeverk.holds == 2

    page.get_by_role("tab", name="Versions").click()
    page.get_by_role("button", name="Let version 1 hold").click()
    dialog = page.get_by_role("dialog", name=f"Let version 1 of {bygdeverk.name} hold?")
    dialog.get_by_label("Reason").fill("the title was right")
    dialog.get_by_role("button", name="Let it hold").click()
    expect(page.get_by_text(f"{bygdeverk.name}: version 1 holds")).to_be_visible()
    expect(version(page, 1)).to_contain_text("holds")
    expect(version(page, 2)).not_to_contain_text("holds")
    expect(page.get_by_role("button", name="Let version 2 hold")).to_be_visible()
    expect(title).to_have_text(re.compile("^Bygdeverk"))
    assert bygdeverk.holds == 1


def test_what_was_delivered_is_gone_back_to(enter: Enter, place: Place) -> None:
    world = place.deployment.world
    files = {**world.catalog.files("fiken"), "connectors/fiken/NOTES.md": b"# Other notes\n"}
    register(world, files, Wanted("fiken", "olga", "other notes"))
    somebody = enter("operator")
    page = somebody.open("/connectors/fiken?tab=versions")
    try:
        page.get_by_role("button", name="Back to what was delivered").click()
        dialog = page.get_by_role("dialog", name="Let what was delivered of fiken hold?")
        dialog.get_by_role("button", name="Let it hold").click()
        expect(page.get_by_text("fiken: what was delivered holds")).to_be_visible()
        expect(page.get_by_text("What was delivered with Sluice holds.").first).to_be_visible()
        expect(page.get_by_role("button", name="Back to what was delivered")).to_have_count(0)
        assert world.packages.active("fiken").version == 0
    finally:
        if world.packages.active("fiken").version:
            roll_back(world, Wanted("fiken", "olga"), 0)
