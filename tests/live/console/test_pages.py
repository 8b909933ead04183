"""Every page: axe finds nothing serious in light and dark, a phone scrolls only downwards, it is pictured."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.live.console.accessibility import AXE, findings
from tests.live.console.conftest import Enter
from tests.live.console.driving import DESKTOP, PHONE, Visit
from tests.live.console.situation import PAGES, Situation

ON_A_PHONE = "overview"
"""The page that is pictured on a phone, too."""
TOO_WIDE = """() => [...document.querySelectorAll("#main *")]
    .filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
    .map((one) => `${one.tagName} ${one.className}`.slice(0, 80)).slice(0, 5)"""

Picture = Callable[[Visit, str], None]


@pytest.fixture
def admin(enter: Enter) -> Visit:
    """Somebody who sees every page."""
    somebody = enter("admin")
    somebody.page.add_init_script(path=AXE)
    return somebody


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_fit_for_everybody(name: str, admin: Visit, situation: Situation, picture: Picture) -> None:
    page = admin.open(situation.address(name))
    assert page.locator("h1").inner_text() != "Nothing here"
    found = {"light": findings(page)}
    picture(admin, name)
    page.get_by_role("button", name="Dark mode").click()
    found["dark"] = findings(page)
    page.get_by_role("button", name="Light mode").click()
    assert found == {"light": [], "dark": []}

    page.set_viewport_size(PHONE)
    page.wait_for_function("() => document.documentElement.clientWidth === innerWidth")
    if name == ON_A_PHONE:
        picture(admin, f"{name}-phone")
    wide = page.evaluate("() => document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0, page.evaluate(TOO_WIDE)
    page.set_viewport_size(DESKTOP)
