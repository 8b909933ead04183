"""What a certification leaves out of the files, how long it waits, and which connectors it takes."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from msgspec.structs import replace

from sluice.bootstrap.documents import ROOT, catalog, folder_documents
from sluice.cli.certify.command import subject_of
from sluice.cli.certify.pace import pace_of, without_pace
from sluice.cli.certify.parts import part_of
from sluice.cli.certify.patience import LONGEST_SECONDS, STANDSTILL_SECONDS, NotEnded, Patience
from sluice.connector.limits import WHOLE_MAP, limits_in_force
from sluice.connector.load import connector_names
from sluice.registry.catalog import faults_of

TODAY = date(2026, 11, 21)


@pytest.mark.thorough(most=4)
@pytest.mark.parametrize("name", connector_names(folder_documents(ROOT)))
def test_a_connector_without_its_pace_is_the_same_but_for_limits_and_concurrency(name: str) -> None:
    subject = subject_of(name)
    files = without_pace(subject.files, name)
    changed = {path for path in files if files[path] != subject.files[path]}
    assert set(files) == set(subject.files)
    assert changed == ({f"connectors/{name}/connector.yaml"} if pace_of(subject.connector) else set())
    known = catalog().with_files(name, files)
    assert faults_of(known, name) == []
    loose, strict = known.connector(name), subject.connector
    assert limits_in_force(loose.limits, loose.concurrency) == ()
    assert loose.concurrency >= WHOLE_MAP
    kept = {"limits": loose.limits, "concurrency": loose.concurrency}
    assert loose == replace(strict, **kept)


def test_what_is_left_out_is_told() -> None:
    subject = subject_of("exact_online")
    assert set(pace_of(subject.connector)) == {
        "1 requests at once",
        "60 requests in 60 s",
        "5000 requests in 86400 s",
        "10 errors in 3600 s",
    }
    assert pace_of(subject_of("tryton").connector) == ()
    assert without_pace(subject_of("tryton").files, "tryton") == subject_of("tryton").files


class Watch:
    """A clock that a test moves on; seconds."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_run_is_waited_for_as_long_as_something_moves() -> None:
    watch = Watch()
    patience = Patience(watch)
    for step in range(6):
        patience.look(step)
        watch.now += STANDSTILL_SECONDS
        patience.look(step)
    watch.now += 1
    with pytest.raises(NotEnded, match="nothing moved for 90 s"):
        patience.look(5)


def test_a_run_that_goes_round_in_circles_is_not_waited_for_for_ever() -> None:
    watch = Watch()
    patience = Patience(watch)
    while watch.now <= LONGEST_SECONDS:
        patience.look(watch.now)
        watch.now += 10
    with pytest.raises(NotEnded, match="not ended within 600 s"):
        patience.look(watch.now)


@pytest.mark.parametrize("count", [1, 3, 6])
def test_every_name_is_in_just_one_part(count: int) -> None:
    names = ["xero", "fiken", "tryton", "odoo", "erpnext"]
    parts = [part_of(f"{number}/{count}", TODAY).of(names) for number in range(1, count + 1)]
    assert sorted(name for part in parts for name in part) == sorted(names)
    assert parts == [part_of(f"{number}/{count}", TODAY).of(sorted(names)) for number in range(1, count + 1)]


def test_the_days_go_round_through_all_parts() -> None:
    days = [part_of("day/6", TODAY + timedelta(days=ahead)).number for ahead in range(7)]
    assert sorted(days[:6]) == [1, 2, 3, 4, 5, 6]
    assert days[6] == days[0]


@pytest.mark.parametrize("text", ["", "0/6", "7/6", "1/0", "6", "1/6/2", "-1/6", "week/6", "1.5/6"])
def test_what_is_no_part_is_refused_with_what_would_be_right(text: str) -> None:
    with pytest.raises(ValueError, match="right would be"):
        part_of(text, TODAY)
