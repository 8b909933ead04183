"""What is asked of e-conomic's Projects API, which is at another host, and what its answers come to."""

from __future__ import annotations

import pytest

from sluice.connector.outcomes import Page
from sluice.errors import ApiChanged, ConfigurationInvalid, CredentialsRejected, SluiceError
from tests.unit.connectors.harness import asked_by, harness, query_of, received

E_CONOMIC = harness("e_conomic", {}, {"app_secret_token": "app-7", "agreement_grant_token": "canary"})
PROJECTS = "https://apis.e-conomic.com/projectsapi/v1.1.0"
OF_PROJECTS = {"activity": "/Activities", "project": "/Projects", "time_entry": "/TimeEntries"}
SINCE = "2026-11-20T12:30:00+00:00"


@pytest.mark.parametrize("stream", sorted(OF_PROJECTS))
def test_the_projects_api_is_read_at_its_own_host_by_cursors(stream: str) -> None:
    reader = E_CONOMIC.reader(stream)
    first = asked_by(reader)
    assert first.url == PROJECTS + OF_PROJECTS[stream]
    assert (first.headers["X-AppSecretToken"], first.headers["X-AgreementGrantToken"]) == ("app-7", "canary")
    assert E_CONOMIC.recognised(first)[0].name == stream
    page = received(reader, {"cursor": "34781", "items": [{"number": 1}, {"number": 2}]})
    assert isinstance(page, Page)
    second = asked_by(reader)
    assert second.url == f"{PROJECTS}{OF_PROJECTS[stream]}?cursor=34781"
    assert second.headers["X-AgreementGrantToken"] == "canary"
    # No cursor is the end of the list.
    assert isinstance(received(reader, {"items": [{"number": 34781}]}), Page)
    assert reader.next_request() is None


@pytest.mark.parametrize("stream", ["project", "time_entry"])
def test_an_increment_of_the_projects_api_asks_from_the_day_before(stream: str) -> None:
    request = E_CONOMIC.request(stream, SINCE)
    assert request.url.startswith(f"{PROJECTS}{OF_PROJECTS[stream]}?")
    assert query_of(request) == {"filter": "lastUpdated$gte:2026-11-19"}
    reader = E_CONOMIC.reader(stream, SINCE)
    page = received(reader, {"cursor": "7", "items": [{"number": 1, "lastUpdated": "2026-11-20T09:00:00"}]})
    assert isinstance(page, Page)
    assert query_of(asked_by(reader)) == {"filter": "lastUpdated$gte:2026-11-19", "cursor": "7"}


def test_an_increment_with_older_records_is_not_believed() -> None:
    reader = E_CONOMIC.reader("time_entry", SINCE)
    old = {"items": [{"number": 1, "lastUpdated": "2026-09-01T09:00:00"}]}
    with pytest.raises(ApiChanged) as caught:
        received(reader, old)
    assert [found.code for found in caught.value.changes] == ["D35"]


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("AccessDeniedAgreementMissingModules", ConfigurationInvalid),
        ("AccessDeniedMissingRoles", CredentialsRejected),
    ],
)
def test_an_agreement_without_the_project_module_is_no_matter_of_credentials(
    code: str, kind: type[SluiceError]
) -> None:
    body = {"title": "Missing modules: Project", "status": 403, "errorCode": code}
    with pytest.raises(kind):
        received(E_CONOMIC.reader("project"), body, 403)


@pytest.mark.parametrize(
    ("flags", "active"),
    [({}, True), ({"isBarred": True}, False), ({"isClosed": True}, False), ({"isClosed": False}, True)],
)
def test_a_project_is_in_use_unless_it_is_closed_or_barred(flags: dict[str, bool], active: bool) -> None:
    assert E_CONOMIC.canonical("project", {"number": 7, "name": "x", **flags})["active"] is active


@pytest.mark.parametrize("zone", ["", "Z"])
def test_the_day_of_an_hour_is_as_it_is_written(zone: str) -> None:
    entry = {"number": 1, "employeeNumber": 3, "date": f"2026-11-19T00:00:00{zone}", "numberOfHours": 7.25}
    data = E_CONOMIC.canonical("time_entry", {**entry, "lastUpdated": f"2026-11-20T14:03:11{zone}"})
    assert (data["date"], data["hours"], data["locked"]) == ("2026-11-19", "7.25", False)
    assert data["updated_at"] == "2026-11-20T14:03:11Z"
