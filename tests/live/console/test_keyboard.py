"""By keyboard alone: from the first Tab to a run that starts, with the focus seen all the way."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.live.console.conftest import Enter
from tests.live.console.situation import Situation

MOST_TABS = 80
FOCUSED = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  return (one.getAttribute("aria-label") || one.textContent || one.getAttribute("name") || "").trim();
}"""
SEEN = """() => {
  const one = document.activeElement, parts = [one.parentElement, one, ...one.querySelectorAll("*")];
  const looks = () => JSON.stringify(parts.flatMap((part) => ["", "::before", "::after"].map((pseudo) => {
    const style = getComputedStyle(part, pseudo || null);
    return [style.outlineStyle, style.outlineWidth, style.boxShadow, style.borderColor, style.top];
  })));
  const focused = looks();
  one.blur();
  const left = looks();
  one.focus();
  return focused !== left;
}"""
"""Whether what has the focus looks otherwise than without it."""


def tab_to(page: Page, wanted: str) -> None:
    """Press Tab until what is called so has the focus; each stop on the way must show that it has it."""
    unseen = []
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        name = page.evaluate(FOCUSED)
        if name is not None and not page.evaluate(SEEN):
            unseen.append(name[:60])
        if name is not None and re.fullmatch(wanted, name):
            assert unseen == []
            return
    raise AssertionError(f"{wanted!r} was not reached in {MOST_TABS} steps")


def test_a_run_is_started_without_a_mouse(enter: Enter, situation: Situation) -> None:
    somebody = enter("ops")
    page = somebody.open(f"/connections/{situation.other.name}")
    tab_to(page, "Skip to the page")
    page.keyboard.press("Enter")
    assert page.evaluate("() => document.activeElement.id") == "main"
    tab_to(page, "Run now")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(rf"/runs/{situation.other.name}-"))
    # A page that is new takes the focus with it: who reads by ear begins at its beginning.
    expect(page.locator("#main")).to_be_focused()
