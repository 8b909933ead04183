from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sluice.local.memory_table import MemoryTable
from sluice.model.secret import Secret
from sluice.registry.audit import KEPT, Act, Audit, AuditFilter

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)


def test_an_entry_is_begun_and_then_done() -> None:
    table = MemoryTable()
    audit = Audit(table)
    act = Act("anna", "connections.pause", "acme", "acme", "a holiday", {"paused": False})
    begun = audit.begin(act, NOW)
    assert [entry.state for entry in audit.all()] == ["begun"]
    audit.end(begun, NOW + timedelta(seconds=1), after={"paused": True})
    (entry,) = audit.page().items
    assert (entry.who, entry.action, entry.target, entry.state) == (
        "anna",
        "connections.pause",
        "acme",
        "done",
    )
    assert (entry.before, entry.after) == ({"paused": False}, {"paused": True})
    assert (entry.at, entry.ended_at) == ("2026-11-21T08:00:00.000Z", "2026-11-21T08:00:01.000Z")


def test_an_entry_is_kept_for_four_hundred_days() -> None:
    table = MemoryTable()
    entry = Audit(table).begin(Act("anna", "runs.start", "run-1", "acme"), NOW)
    for partition in ("#audit", "#audit#acme"):
        assert table.expires_at(partition, entry.id) == int((NOW + KEPT).timestamp())
    assert timedelta(days=400) == KEPT


def test_the_newest_come_first_in_pages_of_all_of_one_connection_and_of_one_person() -> None:
    audit = Audit(MemoryTable())
    for number in range(12):
        who = "anna" if number % 2 else "bob"
        act = Act(who, "runs.start", f"run-{number}", f"c{number % 3}")
        audit.end(audit.begin(act, NOW + timedelta(seconds=number)), NOW, after={})

    def targets(**which: str) -> list[str]:
        found: list[str] = []
        after = None
        while True:
            page = audit.page(AuditFilter(**which), after=after, limit=5)
            found += [entry.target for entry in page.items]
            if (after := page.after) is None:
                return found

    assert targets() == [f"run-{number}" for number in reversed(range(12))]
    assert targets(connection="c1") == ["run-10", "run-7", "run-4", "run-1"]
    assert targets(who="anna") == ["run-11", "run-9", "run-7", "run-5", "run-3", "run-1"]
    assert targets(connection="c1", who="bob") == ["run-10", "run-4"]
    assert targets(connection="c1", action="runs") == targets(connection="c1")
    assert targets(connection="c1", action="runs.start") == targets(connection="c1")
    assert targets(action="run") == []


def test_entries_are_of_days() -> None:
    audit = Audit(MemoryTable())
    for day in range(5):
        audit.begin(Act("anna", "runs.start", f"run-{day}"), NOW + timedelta(days=day))
    days = [(NOW + timedelta(days=day)).date().isoformat() for day in range(5)]

    def targets(since: str = "", until: str = "") -> list[str]:
        first = audit.page(AuditFilter(since=since, until=until), limit=2)
        rest = audit.page(AuditFilter(since=since, until=until), after=first.after) if first.after else None
        return [one.target for one in (*first.items, *(rest.items if rest else ()))]

    assert targets(since=days[1], until=days[3]) == ["run-3", "run-2", "run-1"]
    assert targets(until=days[0]) == ["run-0"]
    assert targets(since=days[4]) == ["run-4"]


def test_of_a_long_text_there_is_the_digest_only() -> None:
    audit = Audit(MemoryTable())
    text = "private: " + "x" * 600
    audit.begin(Act("anna", "connectors.register", "toy", before={"files": [{"text": text}]}), NOW)
    (entry,) = audit.page().items
    assert entry.before["files"][0]["text"].startswith("609 characters, sha256 ")
    assert "private" not in str(entry.to_json())


def test_a_secret_is_refused() -> None:
    audit = Audit(MemoryTable())
    with pytest.raises(TypeError):
        audit.begin(Act("anna", "connections.add", "acme", before={"key": Secret("canary")}), NOW)
    assert audit.page().items == ()
