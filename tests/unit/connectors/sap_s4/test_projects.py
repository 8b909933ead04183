"""What becomes of SAP's projects and of the kinds of work that hours are booked on."""

from __future__ import annotations

import pytest

from tests.unit.connectors.harness import harness

S4 = harness("sap_s4", {"base_url": "https://my300000-api.s4hana.cloud.sap"})
PERSONS = {"CreatedByUser", "LastChangedByUser", "EnteredByUser"}
NO_PARTNER = "00000000-0000-0000-0000-000000000000"


def test_projects_are_asked_for_in_version_2_of_their_service() -> None:
    url = S4.request("project").url
    assert url.startswith(
        "https://my300000-api.s4hana.cloud.sap/sap/opu/odata/sap/API_ENTERPRISE_PROJECT_SRV;v=0002/A_Ent"
    )


@pytest.mark.parametrize("name", ["activity", "project"])
def test_names_of_users_are_never_asked_for(name: str) -> None:
    assert set(S4.query(name)["$select"].split(",")) & PERSONS == set()
    assert not S4.streams[name].all_fields


def test_the_planned_days_stand_in_for_real_ones_that_are_not_there() -> None:
    planned = {"ProjectStartDate": "/Date(1762128000000)/", "ProjectEndDate": "/Date(1793664000000)/"}
    project = {**S4.example("project"), **planned, "ActualStartDate": None, "ActualEndDate": None}
    seen = S4.canonical("project", project)
    assert (seen["start_date"], seen["end_date"]) == ("2025-11-03", "2026-11-03")
    project |= {"ActualStartDate": "/Date(1762387200000)/", "ActualEndDate": "/Date(1781481600000)/"}
    seen = S4.canonical("project", project)
    assert (seen["start_date"], seen["end_date"]) == ("2025-11-06", "2026-06-15")


def test_a_partners_guid_is_no_customer() -> None:
    project = S4.example("project")
    seen = S4.canonical("project", project)
    assert seen["customer_id"] is None
    assert seen["extensions"]["business_partner_uuid"] == project["CustomerUUID"]
    seen = S4.canonical("project", {**project, "CustomerUUID": NO_PARTNER})
    assert seen["extensions"]["business_partner_uuid"] is None


@pytest.mark.parametrize(("blocked", "active"), [("", True), ("X", False), ("?", None)])
@pytest.mark.parametrize(
    ("name", "field"),
    [("activity", "ActivityTypeIsBlocked"), ("department", "IsBlkdForPrimaryCostsPosting")],
)
def test_what_is_not_blocked_is_active(name: str, field: str, blocked: str, active: bool | None) -> None:
    assert S4.canonical(name, {**S4.example(name), field: blocked})["active"] is active
