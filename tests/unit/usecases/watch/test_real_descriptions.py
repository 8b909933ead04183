"""The watch over descriptions that a vendor really published, where they lie beside the repository."""

from __future__ import annotations

import pytest

from tests.unit.usecases.watch.rig import ROOT, Rig

SPECS = ROOT.parent / "shared" / "specs" / "tripletex"
PLACE = "tripletex.no/v2/openapi.json"

pytestmark = pytest.mark.skipif(not SPECS.is_dir(), reason="../shared/specs is not at hand")


def _published(rig: Rig, file: str) -> list[str]:
    rig.vendor.documents[PLACE] = (SPECS / file).read_bytes()
    return rig.watch()


@pytest.fixture
def rig() -> Rig:
    rig = Rig()
    for name in ("acme", "fjord"):
        rig.connect(name, "tripletex")
    return rig


def test_two_forms_of_one_version_are_silent(rig: Rig) -> None:
    assert _published(rig, "2025-04-23_279461a_swagger.json") == ["first"]
    assert _published(rig, "2025-04-23_279461a.json") == ["changed"]
    assert rig.news() == []


def test_a_release_is_one_notice_for_each_kind_of_change(rig: Rig) -> None:
    assert _published(rig, "2025-04-23_279461a.json") == ["first"]
    assert _published(rig, "2025-07-01_456a0d9.json") == ["changed"]
    [notice] = rig.news()
    data = notice["data"]
    # That release declared its answers' fields optional, among them many that we use; it took none away.
    assert data["change"]["code"] == "D53"
    assert data["changes_count"] > 10
    assert {"customer.name", "invoice.due_date", "time_entry.hours"} <= set(data["fields"])
    assert data["connections"] == ["acme", "fjord"]
    assert _published(rig, "2025-07-01_456a0d9.json") == ["unchanged"]
    assert rig.news() == []


def test_years_of_changes_are_told_in_few_notices(rig: Rig) -> None:
    assert _published(rig, "2020-11-30_cb33671.json") == ["first"]
    assert _published(rig, "2025-07-01_456a0d9.json") == ["changed"]
    told = {notice["data"]["change"]["code"]: notice["data"]["changes_count"] for notice in rig.news()}
    assert sum(told.values()) >= len(told)
    assert len(told) < 10
    assert "D56" in told  # the language SV is no more
