from __future__ import annotations

import pytest
from msgspec.structs import replace

from sluice.local.memory_table import MemoryTable
from sluice.ports.table import Conflict
from sluice.registry.decisions import Decided, Decisions
from sluice.registry.overrides import Override, Overrides

ACCEPTED = Decided("abc", "2026-11-21T08:00:00Z", True, "kari", "why", "2026-11-21T09:00:00Z", True, "run-1")
REJECTED = replace(ACCEPTED, accepted=False, who="ola", patched=False)
OVERRIDE = Override("text", "base", ("abc-1",), "kari", "why", "2026-11-21T09:00:00Z")


def test_who_comes_first_decides() -> None:
    decisions = Decisions(MemoryTable(), "acme")
    assert decisions.get(ACCEPTED) is None
    assert decisions.decide(ACCEPTED) == ACCEPTED
    assert decisions.decide(replace(ACCEPTED, who="ola", patched=False)) == ACCEPTED
    assert decisions.decide(REJECTED) == ACCEPTED
    assert decisions.get(REJECTED) == ACCEPTED


def test_what_was_rejected_may_be_accepted() -> None:
    decisions = Decisions(MemoryTable(), "acme")
    assert decisions.decide(REJECTED) == REJECTED
    assert decisions.decide(replace(REJECTED, who="per")) == REJECTED
    assert decisions.decide(ACCEPTED) == ACCEPTED


def test_a_change_that_is_opened_again_is_decided_again() -> None:
    decisions = Decisions(MemoryTable(), "acme")
    decisions.decide(ACCEPTED)
    again = replace(REJECTED, opened_at="2026-12-01T08:00:00Z")
    assert decisions.decide(again) == again
    assert again.id == "abc-20261201T080000Z"
    decisions.forget()
    assert decisions.get(again) is None


def test_an_override_is_stored_over_what_was_read() -> None:
    overrides = Overrides(MemoryTable(), "acme")
    assert overrides.get("customer") is None
    overrides.put("customer", OVERRIDE)
    known = overrides.get("customer")
    assert known == replace(OVERRIDE, version=1)
    with pytest.raises(Conflict):
        overrides.put("customer", OVERRIDE)
    assert list(overrides.streams()) == ["customer"]


def test_an_override_put_meanwhile_is_not_dropped() -> None:
    overrides = Overrides(MemoryTable(), "acme")
    overrides.put("customer", OVERRIDE)
    overrides.put("customer", replace(OVERRIDE, text="another", version=1))
    overrides.drop("customer", 1)
    assert overrides.get("customer") is not None
    overrides.drop("customer", 2)
    assert overrides.get("customer") is None
    overrides.put("invoice", OVERRIDE)
    overrides.forget()
    assert list(overrides.streams()) == []
