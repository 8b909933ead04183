"""What a connection will cost: between the runs that were metered, in straight lines, and each thing said."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from sluice.bootstrap.documents import catalog
from sluice.errors import ConfigurationInvalid
from sluice.local.fixed_clock import FixedClock
from sluice.usecases.operating import forecast
from sluice.usecases.operating.cost import priced_units
from sluice.usecases.operating.forecast import Forecast, Part, Wanted, forecast_of
from tests import yaml_text

ROOT = Path(__file__).resolve().parents[4]
KEPT = yaml_text.read((ROOT / "sluice/usecases/operating/unit_costs.yaml").read_text())
PRICES = yaml_text.read((ROOT / "sluice/usecases/operating/prices.yaml").read_text())["prices"]
ERPNEXT = catalog().connector("erpnext")
TRIPLETEX = catalog().connector("tripletex")
CLOCK = FixedClock(datetime(2026, 11, 22, 8, tzinfo=UTC))

ONE = Wanted(ERPNEXT, ("customer",), records=0, changed=0, schedule="rate(1 hour)")


def dollars(part: Part) -> Decimal:
    return Decimal(part.dollars)


def of_run(name: str) -> Decimal:
    units = {kind: Decimal(amount) for kind, amount in KEPT["runs"][name]["units"].items()}
    return sum((Decimal(line.dollars) for line in priced_units(units)), Decimal(0))


def found(wanted: Wanted) -> Forecast:
    return forecast_of(wanted, CLOCK)


def close(one: Decimal, other: Decimal) -> bool:
    return abs(one - other) < Decimal("0.000002")


def test_what_was_metered_comes_out_as_it_was() -> None:
    assert close(dollars(found(ONE).idle), of_run("idle_one"))
    few = KEPT["runs"]["few"]["changed"]
    hourly = replace(ONE, changed=few * 24)
    assert close(dollars(found(hourly).usual), of_run("few"))
    new = KEPT["runs"]["new"]["changed"]
    first = dollars(found(replace(ONE, records=new)).first)
    # What few changed records take goes through the unit of a change, not of a new record: all but the same.
    assert abs(first / of_run("new") - 1) < Decimal("0.01")


def test_streams_that_are_read_whole_are_read_by_every_run() -> None:
    unchanged = KEPT["runs"]["unchanged"]["read"]
    whole = replace(ONE, connector=TRIPLETEX, streams=("department",), records=unchanged)
    # A little more: what took longer where few records changed than where many were read is taken for each.
    assert 1 <= dollars(found(whole).idle) / of_run("unchanged") < Decimal("1.1")
    by_change = replace(ONE, connector=TRIPLETEX, streams=("customer",), records=unchanged)
    assert close(dollars(found(by_change).idle), of_run("idle_one"))
    assert any("read whole by every run, changed or not: department" in note for note in found(whole).assumed)


def test_a_stream_that_is_read_whole_takes_all_states_however_small_it_is() -> None:
    by_change = found(replace(ONE, connector=TRIPLETEX, streams=("customer", "supplier")))
    whole = found(replace(ONE, connector=TRIPLETEX, streams=("department", "project")))
    news = of_run("few") - of_run("idle_one")
    assert abs((dollars(whole.idle) - dollars(by_change.idle)) / (2 * news) - 1) < Decimal("0.02")


def test_more_of_anything_costs_more() -> None:
    usual = replace(ONE, records=10_000, changed=100)
    base = found(usual)
    assert dollars(found(replace(usual, streams=tuple(ERPNEXT.streams))).idle) > dollars(base.idle)
    assert dollars(found(replace(usual, changed=10_000)).month) > dollars(base.month)
    assert dollars(found(replace(usual, records=20_000)).first) > dollars(base.first)
    assert dollars(found(replace(usual, schedule="rate(1 day)")).month) < dollars(base.month)


def test_a_month_is_its_runs_and_what_stands() -> None:
    month = found(replace(ONE, schedule="rate(1 day)"))
    assert month.runs == 30
    lines = {line.what: line for line in month.month.lines}
    assert lines[PRICES["schedule"]["what"]].quantity == "30"
    # ERPNext knows no login: its credentials are the only secret.
    assert lines[PRICES["secret_month"]["what"]].quantity == "1"
    standing = Decimal(lines[PRICES["schedule"]["what"]].dollars) + Decimal("0.40")
    assert close(dollars(month.month), dollars(month.usual) * 30 + standing)
    logging_in = replace(ONE, connector=TRIPLETEX)
    kept = {line.what: line.quantity for line in found(logging_in).month.lines}
    assert kept[PRICES["secret_month"]["what"]] == "2"


def test_without_a_schedule_a_month_has_no_runs() -> None:
    by_hand = found(replace(ONE, schedule=None, changed=10))
    assert by_hand.runs == 0
    assert [line.what for line in by_hand.month.lines] == [PRICES["secret_month"]["what"]]
    assert any("without a schedule" in note for note in by_hand.assumed)


@pytest.mark.parametrize("schedule", ["hourly", "rate(1 hours)", "cron(0 25 * * ? *)"])
def test_a_schedule_that_is_none_is_refused(schedule: str) -> None:
    with pytest.raises(ConfigurationInvalid, match="is no schedule"):
        found(replace(ONE, schedule=schedule))


def test_it_says_when_and_where_it_was_metered() -> None:
    told = found(ONE)
    assert date.fromisoformat(told.metered) <= date.today()  # noqa: DTZ011 - a day on a calendar
    assert told.metered in told.assumed[0]
    assert KEPT["machine"] in told.assumed[0]


def test_every_unit_that_was_metered_has_a_price() -> None:
    kinds = {kind for run in KEPT["runs"].values() for kind in run["units"]}
    assert kinds <= PRICES.keys()
    assert {"transition", "lambda_gb_second", "dynamodb_write", "s3_write", "sns_publish"} <= kinds


def test_what_a_busy_machine_made_less_than_nothing_is_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    units: dict[str, Any] = {**KEPT["runs"]["unchanged"]["units"], "lambda_gb_second": "0"}
    runs = {**KEPT["runs"], "unchanged": {**KEPT["runs"]["unchanged"], "units": units}}
    monkeypatch.setattr(forecast, "_metered", lambda: {**KEPT, "runs": runs})
    whole = replace(ONE, connector=TRIPLETEX, streams=("department",), records=1_000_000)
    lines = {line.what: Decimal(line.quantity) for line in found(whole).idle.lines}
    assert lines[PRICES["lambda_gb_second"]["what"]] >= 0
