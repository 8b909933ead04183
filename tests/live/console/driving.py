"""A person's browser: Debian's Chromium with a page of the console, and all that it complains of."""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, FloatRect, Page, Playwright

NAMES = ("chromium", "chromium-browser")
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
PATIENCE_MILLISECONDS = 90_000
"""How long a page may take on a busy machine."""
TALLEST = 1600
"""Pixels: so much of a page is pictured."""
REFRESH_KEY = "sluice.refresh"
"""Where console/src/auth/session.ts keeps the refresh token, for as long as the tab lives."""

# What the policy forbids is told on the console as an error, which fails the test that sees it.
REPORT_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`CSP: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`));
"""

ORDINARY = (
    r"404 .*:\d+/favicon\.ico",  # the embedded AWS's sign-in page has no icon
    r"422 .*/api/connections/validate",  # a form that is not filled in yet
)
"""What no test need expect."""


def chromium() -> str | None:
    """Return the path of the Chromium of this machine; Playwright's own is never downloaded."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def launch(playwright: Playwright) -> Browser:
    """Start Chromium; root cannot have its sandbox."""
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    return playwright.chromium.launch(executable_path=chromium(), args=arguments)


@dataclass
class Watch:
    """What a browser complained of: errors on its console, broken scripts, violated policies, dialogs."""

    complaints: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=lambda: list(ORDINARY))

    def expect(self, pattern: str) -> None:
        """Let what fits the pattern be: a request that the API is to refuse is an error on the console."""
        self.expected.append(pattern)

    def follow(self, page: Page) -> None:
        """Listen to the page."""
        page.add_init_script(REPORT_VIOLATIONS)
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.complaints.append(f"broken: {error}"))
        page.on("dialog", self._on_dialog)

    def check(self) -> None:
        """Fail if there was anything that was not expected."""
        found = [one for one in self.complaints if not any(re.search(p, one) for p in self.expected)]
        assert not found, "\n".join(found)

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(f"{message.text} ({message.location.get('url', '')})")

    def _on_dialog(self, dialog: Any) -> None:
        self.complaints.append(f"a dialog: {dialog.message}")
        dialog.dismiss()


@dataclass
class Visit:
    """Somebody's stay in the console: a context of the browser, with one page to begin with."""

    page: Page
    watch: Watch

    def open(self, path: str) -> Page:
        """Go to one of the console's addresses and wait until it shows what it has."""
        self.page.goto(path)
        return self.settled()

    def settled(self) -> Page:
        """Wait until the page has its title and nothing on it loads."""
        self.page.locator("h1").first.wait_for()
        loading = self.page.locator("#main").get_by_text(re.compile(r"^Loading "))
        loading.first.wait_for(state="hidden")
        return self.page

    def screenshot(self, file: Path) -> None:
        """Write a picture of the page, from its top."""
        self.page.evaluate("document.activeElement?.blur()")
        file.parent.mkdir(parents=True, exist_ok=True)
        height = self.page.evaluate("document.documentElement.scrollHeight")
        width = self.page.evaluate("innerWidth")
        clip: FloatRect = {"x": 0, "y": 0, "width": width, "height": min(height, TALLEST)}
        self.page.screenshot(path=file, full_page=True, clip=clip, animations="disabled", caret="hide")


def open_context(browser: Browser, origin: str, **more: Any) -> BrowserContext:
    """Open a context of its own; ``more`` is Playwright's: ``viewport``, ``color_scheme``."""
    given: dict[str, Any] = {"viewport": DESKTOP, "locale": "en-GB", "timezone_id": "UTC", **more}
    given |= {"reduced_motion": "reduce"}  # what moves is neither pictured nor judged half way
    context = browser.new_context(base_url=origin, **given)
    context.set_default_timeout(PATIENCE_MILLISECONDS)
    return context


def visit(context: BrowserContext, origin: str, refresh: str | None = None) -> Visit:
    """Open a page; ``refresh`` is the refresh token of who is signed in, None for nobody."""
    page, watch = context.new_page(), Watch()
    watch.follow(page)
    if refresh is not None:
        page.add_init_script(
            f'if (location.origin === "{origin}") sessionStorage.setItem("{REFRESH_KEY}", "{refresh}");'
        )
    return Visit(page, watch)


def sign_in(page: Page, name: str, password: str) -> None:
    """Give name and password on the user pool's own page and come back to the console."""
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
