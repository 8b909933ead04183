"""From a notice of an error people come to its runbook entry and to the console's page, by every channel."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from sluice.usecases.deciding.changes import list_changes
from sluice.usecases.operating.report_ended_run import EndedRun, report_ended_run
from tests.flows.replay.replaying import rename
from tests.unit.usecases.telling.office import Office, office
from tests.unit.usecases.telling.receiver import receiving


@pytest.fixture
def here() -> Iterator[Office]:
    with office() as found:
        yield found


def aborted(here: Office) -> str:
    """Cut a run off; return its id."""
    run = "acme-20261121T080000Z-a1b2"
    report_ended_run(here.rig.world, EndedRun(run, "acme", "ABORTED", "2026-11-21T08:00:00Z", "", ""))
    return run


def test_every_channel_leads_from_an_error_to_its_runbook_entry_and_its_run(here: Office) -> None:
    with receiving() as slack, receiving() as teams, receiving() as webhook:
        here.add("slack", "slack", slack.url)
        here.add("teams", "teams", teams.url)
        here.add("pager", "webhook", webhook.url)
        here.add("mail", "email", "ops@example.com")
        run = aborted(here)
        here.work()
        [in_slack], [in_teams], [in_webhook] = slack.received, teams.received, webhook.received
    [mail] = here.mailer.mails
    page, entry = f"https://console.example/runs/{run}", "docs/runbook.md#runaborted"
    blocks = json.loads(in_slack.body)["blocks"]
    assert f"<{page}|Open the console>" in blocks[-1]["elements"][0]["text"]
    assert f"Runbook: {entry}" in [field["text"] for field in blocks[-2]["fields"]]
    card = json.loads(in_teams.body)["attachments"][0]["content"]
    assert card["actions"][0]["url"] == page
    assert ["Runbook: ", entry] in [[run["text"] for run in block["inlines"]] for block in card["body"]]
    told = json.loads(in_webhook.body)
    assert told["type"] == "run.lost"
    assert (told["data"]["link"], told["data"]["runbook"]) == (page, entry)
    assert f"In the console: {page}" in mail.text
    assert f"Runbook: {entry}" in mail.text
    assert f'<a href="{page}">' in mail.html
    assert f"<td>{entry}</td>" in mail.html


def test_a_change_leads_to_its_own_page(here: Office) -> None:
    for key in range(1, 31):
        here.rig.erp.put("department", key, f"Avdeling {key}")
    here.rig.run()
    rename(here.rig, name="title")
    for key in range(1, 31):
        here.rig.erp.put("department", key, f"Ny avdeling {key}")
    with receiving() as webhook:
        here.add("pager", "webhook", webhook.url)
        here.rig.run()
        here.work()
        told = [json.loads(received.body) for received in webhook.received]
    [held] = [event for event in told if event["type"] == "stream.held"]
    [change] = list_changes(here.rig.world)
    assert held["data"]["link"] == f"https://console.example/changes/{change.id}"
    assert held["data"]["runbook"] == "docs/runbook.md#apichanged"


def test_without_a_console_there_is_no_link_but_the_runbook(here: Office) -> None:
    here.outbox = replace(here.outbox, console_url="")
    with receiving() as webhook:
        here.add("pager", "webhook", webhook.url)
        aborted(here)
        here.work()
        [received] = webhook.received
    data = json.loads(received.body)["data"]
    assert "link" not in data
    assert data["runbook"] == "docs/runbook.md#runaborted"
