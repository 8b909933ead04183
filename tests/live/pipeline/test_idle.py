"""Runs with nothing new, counted by their own histories: which states they enter, and who enters the Map."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from sluice.local import embedded_aws
from sluice.usecases.operating.runs import RunView, path_of_run
from tests.live.pipeline.conftest import Customer
from tests.live.pipeline.test_kills import Killer

pytestmark = pytest.mark.timeout(600)

MakeCustomer = Callable[..., Customer]

STREAMS = (
    "account",
    "credit_note",
    "customer",
    "department",
    "employee",
    "invoice",
    "order",
    "product",
    "project",
    "supplier",
)
"""Ten that are read by what has changed."""

MOST = 6
"""States that an idle run of ten streams may enter."""


def entered(acme: Customer, view: RunView) -> list[str]:
    """Return the states that a run which succeeded has entered, by its history, tries again included."""
    assert view.run is not None
    assert view.run.status == "succeeded", view
    steps = path_of_run(acme.deployment.world, view.run.id)
    return [str(step.state) for step in steps if step.kind in {"entered", "retried"} and step.state]


def test_an_idle_run_enters_few_states_and_news_of_one_stream_that_stream_alone(
    customer_of: MakeCustomer,
) -> None:
    acme = customer_of("acme-idle", connector="visma_net", scale=0.05, streams=STREAMS)
    first = Counter(entered(acme, acme.run()))
    assert first["CommitCursor"] == len(STREAMS)
    assert acme.events()

    idle = acme.run()
    assert entered(acme, idle) == ["PlanRun", "PlanOutcome", "LookForNews", "NewsOutcome", "RunSucceeded"]
    assert len(entered(acme, idle)) <= MOST
    assert {result.stream: result.outcome for result in idle.streams} == dict.fromkeys(STREAMS, "synced")
    assert acme.events() == []

    acme.order("change", stream="customer", count=1, set={"name": "Nytt Navn AS"})
    news = Counter(entered(acme, acme.run()))
    assert (news["WhereToBegin"], news["HandOverChunk"], news["CommitCursor"]) == (1, 1, 1)
    assert news["FetchPages"] == 0, "what the look has read was read again"
    [event] = acme.events()
    assert (event["type"], event["data"]["name"]) == ("customer.upserted", "Nytt Navn AS")

    again = acme.run()
    assert len(entered(acme, again)) <= MOST
    assert again.run is not None
    assert (again.run.counts["fetched"], again.run.counts["unchanged"]) == (1, 1)
    assert acme.events() == []
    assert [notice["type"] for notice in acme.notices()] == ["run.finished"] * 4


def test_a_look_that_is_killed_loses_and_doubles_nothing(customer_of: MakeCustomer, home: Path) -> None:
    acme = customer_of("acme-idle-kill", connector="visma_net", scale=0.05, streams=STREAMS)
    assert entered(acme, acme.run())
    known = {event["id"] for event in acme.events()}
    running = embedded_aws.status(home)
    assert running is not None
    killed = 0
    for number, cpu in enumerate((0.01, 0.05, 0.1, 0.15, 0.2, 0.3)):
        name = f"Navn {number} AS"
        acme.order("change", stream="supplier", count=1, set={"name": name})
        killer = Killer("look_for_news", running.pid, times=1, cpu=cpu)
        killer.start()
        view = acme.run(patience=300)
        killer.done.set()
        killed += len(killer.killed)
        assert entered(acme, view)
        [event] = acme.events()
        assert (event["data"]["name"], event["id"] in known) == (name, False)
        known.add(event["id"])
    assert killed >= 2, "no worker was caught at work"
    assert len(entered(acme, acme.run())) <= MOST
    assert acme.events() == []
