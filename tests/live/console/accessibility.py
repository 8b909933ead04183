"""What axe finds on a page. It is there before the page's own scripts: the page's policy stays in force."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

from sluice.bootstrap.documents import ROOT

AXE = ROOT / "console" / "node_modules" / "axe-core" / "axe.min.js"
WORTH_FIXING = ("serious", "critical")


def findings(page: Page) -> list[str]:
    """Return what is serious or critical, each with the first places where it is."""
    told: dict[str, Any] = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{one['id']} ({one['impact']}): {one['help']}: {[node['html'][:160] for node in one['nodes'][:3]]}"
        for one in told["violations"]
        if one["impact"] in WORTH_FIXING
    ]
