"""The runbook has an entry for every error name that people can meet, and none for one that nobody has."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from sluice import errors
from sluice.messages.notification import Notice, Notification
from sluice.runbook.entry import Entry
from sluice.runbook.known import ENTRIES, advice_on, entry_of
from tests.law.tree import files, python_files, text, tree

NAMES = [name for entry in ENTRIES for name in entry.names]
PAGE = text("docs/runbook.md")

EVERYTHING = "States.ALL"
"""What catches all names, and is none."""


def values(found: Any, key: str) -> Iterator[Any]:
    """Yield every value under ``key``, however deep."""
    if isinstance(found, dict):
        for name, value in found.items():
            if name == key:
                yield value
            yield from values(value, key)
    elif isinstance(found, list):
        for value in found:
            yield from values(value, key)


def of_state_machines() -> set[str]:
    """Return every name that a state machine retries, catches, puts into its data or ends with."""
    machines = [json.loads(text(path)) for path in files() if path.endswith(".asl.json")]
    caught = {name for machine in machines for names in values(machine, "ErrorEquals") for name in names}
    # ``$.failure.Error`` is a path, not a name.
    ended = {name for machine in machines for name in values(machine, "Error") if isinstance(name, str)}
    return {name for name in caught | ended if not name.startswith("$")} - {EVERYTHING}


def of_sightings() -> set[str]:
    """Return every name that our code gives to what a run met, where it is written as a text."""
    calls = [node for path in python_files("sluice") for node in ast.walk(tree(path)) if is_sighting(node)]
    return {arg.value for call in calls for arg in call.args[2:3] if isinstance(arg, ast.Constant)}


def is_sighting(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Sighting"


def of_the_last_net() -> set[str]:
    """Return the names that the last net gives to executions that could not say what ended them."""
    return set(re.findall(r'"(Run[A-Z]\w+)"', text("sluice/usecases/operating/report_ended_run.py")))


def test_the_names_are_found() -> None:
    assert {
        "ErpUnavailable",
        "States.Timeout",
        "Lambda.Unknown",
        "SQS.SdkClientException",
    } <= of_state_machines()
    assert of_sightings() == {"ApiChanged", "DetectorFailed"}
    assert of_the_last_net() == {"RunStopped", "RunAborted", "RunTimedOut", "RunFailed"}


def test_every_error_name_has_an_entry() -> None:
    met = {*errors.WIRE_NAMES, *of_state_machines(), *of_sightings(), *of_the_last_net()}
    assert sorted(met - set(NAMES)) == []


def test_no_entry_is_left_over() -> None:
    met = {*errors.WIRE_NAMES, *of_state_machines(), *of_sightings(), *of_the_last_net()}
    # What no Catch sees is known to the last net's table only; a failure without a name is called Unknown.
    met |= set(re.findall(r"`(States\.\w+)`", text("state_machines/README.md")))
    met |= set(re.findall(r'"(Unknown)"', text("sluice/usecases/failures.py")))
    assert sorted(set(NAMES) - met) == []


def test_every_name_has_one_entry_and_every_entry_a_place_of_its_own() -> None:
    assert len(NAMES) == len(set(NAMES))
    places = [entry.place for entry in ENTRIES]
    assert len(places) == len(set(places))


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.heading)
def test_an_entry_says_everything_in_sentences(entry: Entry) -> None:
    said = (entry.meaning, entry.did, entry.what_to_do, entry.wake, entry.over, *entry.look, *entry.more)
    assert [one for one in said if not re.search(r"[.?)]$", one)] == []
    assert entry.look
    assert len(entry.what_to_do) <= 220, "it goes into notices"
    assert bool(entry.title) == (len(entry.names) > 1)


@pytest.mark.parametrize("name", NAMES)
def test_the_page_leads_from_the_name_to_its_entry(name: str) -> None:
    entry = entry_of(name)
    assert f"| [{name}](#{entry.place.partition('#')[2]}) | {entry.verdict} |" in PAGE
    section = PAGE.partition(f"\n## {entry.heading}\n")[2].partition("\n## ")[0]
    for part in ("**Done by itself**", "**Find the cause**", "**Do**", "**Wake somebody**", "**Over**"):
        assert section.count(part) == 1, part
    advice = advice_on(name, "acme", "run-1")
    assert advice is not None
    assert not re.search(r"\b(NAME|RUN)\b", advice["what_to_do"])


def test_a_name_that_nobody_foresaw_has_advice_too_and_no_error_none() -> None:
    found = advice_on("KeyError", "acme", "run-1")
    assert found is not None
    assert found["runbook"] == "docs/runbook.md#any-other-name"
    assert "sluice runs show run-1" in found["what_to_do"]
    assert advice_on(None) is None
    assert advice_on("") is None


def test_the_night_shift_knows_every_alarm_notice_and_queue() -> None:
    infra = "".join(text(path) for path in files() if path.startswith("infra/") and path.endswith(".yml"))
    alarms = re.findall(r"AlarmName: \$\{self:custom\.name\}-(\S+)", infra)
    queues = re.findall(r"QueueName: \$\{self:custom\.name\}-(\S+)-dead-letters", infra)
    assert len(alarms) > 15
    assert len(queues) > 5
    ops = text("docs/ops.md")
    wanted = [*alarms, *(notice.value for notice in Notice), *(queue.lower() for queue in queues)]
    assert [name for name in wanted if f"`{name}`" not in ops] == []
    told = re.findall(r"^\| (`[a-z_.]+`(?:, `[a-z_.]+`)*) \| (info|warning|error) \|", ops, re.MULTILINE)
    severities = {name: severity for names, severity in told for name in re.findall(r"`(.+?)`", names)}
    assert severities == {notice.value: severity_of(notice) for notice in Notice}


def severity_of(notice: Notice) -> str:
    return Notification(notice, "acme", "run-1", "2026-11-21T08:00:00Z", "title").severity


def test_what_an_error_of_ours_says_comes_from_the_error() -> None:
    for name in errors.WIRE_NAMES:
        error = getattr(errors, name)
        assert entry_of(name).what_to_do == error.advice
        assert entry_of(name).meaning in " ".join(error.__doc__.split())
