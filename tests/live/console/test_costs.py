"""What things cost is seen where they arise: on a connection's page and on a change's, fit for everybody."""

from __future__ import annotations

import re
from decimal import Decimal

from playwright.sync_api import Page, expect

from sluice.registry.usages import Usages
from sluice.usecases.operating.cost import dollars_of
from tests.live.console.accessibility import AXE, findings
from tests.live.console.conftest import Enter
from tests.live.console.driving import PHONE
from tests.live.console.situation import Situation

DOLLARS = r"\$0\.[0-9]+"


def fits_a_phone(page: Page) -> bool:
    page.set_viewport_size(PHONE)
    page.wait_for_function("() => document.documentElement.clientWidth === innerWidth")
    return bool(page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"))


def test_a_connection_tells_what_a_run_and_thirty_days_cost(enter: Enter, situation: Situation) -> None:
    somebody = enter("viewer")
    somebody.page.add_init_script(path=AXE)
    page = somebody.open(f"/connections/{situation.customer.name}")
    page.get_by_role("tab", name="Cost", exact=True).click()
    panel = page.get_by_role("tabpanel", name="Cost", exact=True)
    expect(panel.get_by_text(re.compile(f"^about {DOLLARS}$")).first).to_be_visible()
    expect(panel).to_contain_text("30 times, which is how often cron(0 5 * * ? *) starts a run")
    world = situation.customer.deployment.world
    kept = Usages(world.runs_table).get(situation.held)
    assert kept is not None
    link = page.locator(f'a[href="/runs/{situation.held}"]')
    row = panel.get_by_role("table", name="Last runs").get_by_role("row").filter(has=link)
    shown = re.search(DOLLARS, row.inner_text())
    assert shown is not None
    assert abs(Decimal(shown[0][1:]) - dollars_of(kept.used)) < Decimal("0.0002")
    assert findings(page) == []
    assert fits_a_phone(page)


def test_a_change_tells_what_it_cost_and_what_its_replay_would(enter: Enter, situation: Situation) -> None:
    somebody = enter("viewer")
    somebody.page.add_init_script(path=AXE)
    page = somebody.open(f"/changes/{situation.change}")
    heading = page.get_by_role("button", name=re.compile("^Cost: handing over the 40 records"))
    expect(heading).to_have_accessible_name(re.compile(f"would be about {DOLLARS}$"))
    heading.click()
    expect(
        page.get_by_role("table", name="Runs that met it first and last").get_by_role("row")
    ).to_have_count(2)
    expect(page.get_by_text("40 records wait, in 1 chunk")).to_be_visible()
    expect(page.get_by_text(re.compile("^prices not confirmed on AWS's own pages"))).to_be_visible()
    assert findings(page) == []
    assert fits_a_phone(page)
