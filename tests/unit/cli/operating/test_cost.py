"""`sluice cost`: what a connection will cost, and of what that is made."""

from __future__ import annotations

from decimal import Decimal

from tests.unit.cli.conftest import Terminal

ASKED = ("cost", "forecast", "erpnext", "--records", "100000", "--schedule", "rate(1 hour)")


def test_a_forecast_says_what_costs_what_and_what_it_assumes(terminal: Terminal) -> None:
    said = terminal(*ASKED, "--changed-per-day", "500")
    assert said.code == 0
    assert "the first run, which reads everything" in said.out
    assert "30 days of 1 such connections, each with 720 usual runs" in said.out
    assert "Step Functions, state transitions" in said.out
    assert "- runs metered on" in said.out
    assert "docs/cost.md" in said.out


def test_scripts_get_each_line(terminal: Terminal) -> None:
    found = terminal(*ASKED, "--stream", "customer", "--stream", "invoice", "--json").json
    assert found["runs"] == 720
    assert sum(Decimal(line["dollars"]) for line in found["month"]["lines"]) == Decimal(
        found["month"]["dollars"]
    )
    assert "100,000 in 2" in " ".join(found["assumed"])


def test_a_hundredth_changes_a_day_unless_it_is_said(terminal: Terminal) -> None:
    given = terminal(*ASKED, "--changed-per-day", "1000", "--json").json
    assert given["month"] == terminal(*ASKED, "--json").json["month"]


def test_many_connections_cost_so_many_times_as_much(terminal: Terminal) -> None:
    one, many = (
        terminal(*ASKED, "--connections", number, "--json").json["month"]["dollars"]
        for number in ("1", "100")
    )
    assert abs(Decimal(many) / Decimal(one) - 100) < Decimal("0.001")


def test_wrong_use_says_what_would_be_right(terminal: Terminal) -> None:
    unknown = terminal(*ASKED, "--stream", "customers")
    assert unknown.code == 2
    assert "erpnext has no stream customers; it has" in unknown.err
    wrong = terminal(*ASKED[:-1], "hourly")
    assert wrong.code == 2
    assert "'hourly' is no schedule" in wrong.err
    assert terminal("cost", "forecast", "erpnxt", "--records", "1").code == 2


def test_a_registered_connector_is_forecast_as_well(terminal: Terminal) -> None:
    found = terminal("cost", "forecast", "toy", "--records", "10", "--deployed", "--json")
    assert found.code == 0
    assert found.json["runs"] == 0
