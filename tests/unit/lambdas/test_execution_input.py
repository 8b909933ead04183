"""What an execution is started with: what is nobody's name fails by name, what is more is not looked at."""

from __future__ import annotations

from typing import Any

import pytest

from sluice.errors import ConfigurationInvalid
from tests.flows.rig import Rig
from tests.unit.lambdas.calling import call, put_into


@pytest.fixture
def rig(monkeypatch: pytest.MonkeyPatch) -> Rig:
    rig = Rig()
    put_into(monkeypatch, {"plan_run"}, lambda: rig.world)
    return rig


@pytest.mark.parametrize(
    "connection",
    [
        "nobody",
        "",
        None,
        7,
        {"a": 1},
        ["acme"],
        "acme/../beta",
        "ACME",
        "acme ",
        "acme\n",
        "x" * 200_000,
        "\u0430cme",
    ],
    ids=lambda value: repr(value)[:20],
)
def test_a_connection_that_there_is_not_is_a_failure_with_a_name(rig: Rig, connection: Any) -> None:
    with pytest.raises(ConfigurationInvalid, match="no connection") as caught:
        call("plan_run", connection=connection)
    assert len(str(caught.value)) < 1_000, "it has to fit into a state"
    assert list(rig.world.runs.of("acme")) == []
    assert call("plan_run")["outcome"] == "planned", "it took the lease of another"


def test_what_is_more_than_a_connection_is_not_looked_at(rig: Rig) -> None:
    more = {
        "connector": "other",
        "jobs": [{"stream": "x"}],
        "lease": 7,
        "tenant": "beta",
        "arn": "arn:aws:x",
        "a": "x" * 300_000,
    }
    plan = call("plan_run", **more)
    assert (plan["outcome"], plan["connection"], plan["connector"]) == ("planned", "acme", "toy")
    assert {job["stream"] for job in plan["jobs"]} == {"department", "customer"}
    assert len(str(plan)) < 10_000
