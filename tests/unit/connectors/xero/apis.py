"""Which of Xero's two APIs a stream is read from, and with which rights."""

from __future__ import annotations

from typing import Final

from sluice.connector.values import Scope, evaluate
from tests.unit.connectors.harness import NOW, Harness

HOST: Final = "https://api.xero.com"
ACCOUNTING: Final = "/api.xro/2.0"
PROJECTS: Final = "/projects.xro/2.0"
OF_PROJECTS: Final = frozenset({"activity", "project", "time_entry"})
"""Streams of the Projects API; the description and the answers in ../shared are of the Accounting API."""


def rights_of(xero: Harness) -> list[str]:
    """Return the scopes that an authorization of this connection asks for."""
    asked = xero.connector.auth.authorization
    assert asked is not None
    assert asked.scope is not None
    scope = Scope(settings=xero.settings, secrets={}, captured={}, now=NOW)
    return str(evaluate(asked.scope, scope)).split(" ")
