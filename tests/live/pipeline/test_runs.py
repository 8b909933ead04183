"""Whole runs on the embedded AWS: real state machine, real Lambdas, real queues, a sandbox ERP over HTTP."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import boto3
import pytest

from sluice.bootstrap.deployment import Deployment
from sluice.bootstrap.documents import ROOT
from sluice.local.folder_documents import FolderDocuments
from sluice.mapping.canonical import CanonicalModel
from sluice.settings import DEFAULT_REGION
from sluice.usecases.deciding.accepting import accept_change
from sluice.usecases.deciding.changes import list_changes
from sluice.usecases.fetching.standing import CHUNK_EVENTS, STEP_EVENTS, STREAM_EVENTS
from sluice.usecases.operating.runs import path_of_run
from tests.flows.echoing_erp import forms
from tests.live.pipeline.conftest import CANARY, Customer, end_of

pytestmark = pytest.mark.timeout(600)

MakeCustomer = Callable[..., Customer]

FUNCTION = "sluice-local-fetch_pages"
EVENTS = STREAM_EVENTS + STEP_EVENTS + 2 * CHUNK_EVENTS
"""What an execution may write that reads one chunk of a single stream, and the page after it."""

CUSTOMERS = 12_000
"""Of which a chunk takes 5,000."""


@pytest.fixture(scope="module")
def canonical() -> CanonicalModel:
    return CanonicalModel(FolderDocuments(ROOT))


def test_the_main_job(customer_of: MakeCustomer, canonical: CanonicalModel) -> None:
    """Ten thousand records; then nothing; one change, one delete, and an emptiness not believed."""
    acme = customer_of("acme-main")
    first = acme.run()
    assert first.execution is not None
    assert first.execution.status == "SUCCEEDED", first
    assert len(first.streams) >= 8
    events = acme.events()
    truth = {name: len(shelf.rows) for name, shelf in acme.sandbox.sandbox.shelves.items()}
    assert sum(truth.values()) >= 10_000
    assert Counter(event["type"].split(".")[0] for event in events) == Counter(truth)
    assert len({event["id"] for event in events}) == len(events)
    for event in events:
        assert canonical.entity(event["type"].split(".")[0]).is_valid(event["data"]), event
    assert [notice["type"] for notice in acme.notices()] == ["run.finished"]

    assert acme.run().run.status == "succeeded"  # type: ignore[union-attr]
    assert acme.events() == []

    acme.order("change", stream="department", count=1, set={"name": "Ny avdeling"})
    acme.run()
    [changed] = acme.events()
    assert (changed["type"], changed["data"]["name"], changed["entityversion"]) == (
        "department.upserted",
        "Ny avdeling",
        2,
    )
    acme.order("delete", stream="department", count=1)
    acme.run()
    [deleted] = acme.events()
    assert deleted["type"] == "department.deleted"
    acme.notices()

    acme.order("clear", stream="department")
    for _ in range(2):
        view = acme.run()
        assert view.execution is not None
        assert (view.execution.status, view.execution.error) == ("FAILED", "ApiChanged")
    assert acme.events() == []
    [notice] = acme.notices()
    assert (notice["type"], notice["data"]["stream"], notice["data"]["change"]["code"]) == (
        "stream.held",
        "department",
        "D38",
    )
    world = acme.deployment.world
    [incident] = list_changes(world, acme.name)
    accept_change(world, incident.id, "test", "they merged")
    assert acme.run().run.status == "succeeded"  # type: ignore[union-attr]
    assert {event["type"] for event in acme.events()} == {"department.deleted"}


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "status", "status": 429, "retry_after": "2", "times": 2},
        {"kind": "status", "status": 500, "times": 2},
        {"kind": "reset", "times": 1},
        {"kind": "truncate", "times": 1},
        {"kind": "expire_tokens", "times": 1},
    ],
    ids=lambda fault: f"{fault['kind']}-{fault.get('status', '')}",
)
def test_troubles_that_pass_are_survived(customer_of: MakeCustomer, fault: dict[str, object]) -> None:
    name = f"acme-{fault['kind']}-{fault.get('status', 'x')}".replace("_", "-")
    acme = customer_of(name, {"product": 3_500}, streams=("product", "department"))
    acme.order("faults", **fault, stream="product", after_requests=1)
    view = acme.run()
    assert view.run is not None
    assert view.run.status == "succeeded", view
    truth = sum(len(acme.sandbox.sandbox.shelves[stream].rows) for stream in ("product", "department"))
    events = acme.events()
    assert len({event["id"] for event in events}) == truth
    waited = {step.state for step in path_of_run(acme.deployment.world, view.run.id)}
    assert "RunSucceeded" in waited


def test_an_erp_that_stays_down_fails_by_name_and_keeps_what_it_gave(customer_of: MakeCustomer) -> None:
    acme = customer_of("acme-down", {"product": 3_500}, streams=("product", "department"))
    acme.order("faults", kind="status", status=503, times=1_000, stream="product", after_requests=2)
    view = acme.run()
    assert view.execution is not None
    assert (view.execution.status, view.execution.error) == ("FAILED", "ErpUnavailable")
    outcomes = {stream.stream: stream.outcome for stream in view.streams}
    assert outcomes == {"product": "failed", "department": "synced"}
    arrived = {event["id"] for event in acme.events()}
    shelves = acme.sandbox.sandbox.shelves
    # Every department and two pages of products, which overlap by one.
    assert len(arrived) == len(shelves["department"].rows) + 1_999
    assert [notice["type"] for notice in acme.notices()] == ["erp.unavailable"]
    acme.order("faults")
    assert acme.run().run.status == "succeeded"  # type: ignore[union-attr]
    rest = {event["id"] for event in acme.events()}
    assert len(rest) == len(shelves["product"].rows) - 1_999
    assert not rest & arrived


def test_a_wrong_secret_is_told_once_without_a_storm(customer_of: MakeCustomer) -> None:
    acme = customer_of("acme-locked", scale=0.05, secrets={"consumer_token": "x", "employee_token": "wrong"})
    for _ in range(2):
        view = acme.run()
        assert view.execution is not None
        assert (view.execution.status, view.execution.error) == ("FAILED", "CredentialsRejected")
    assert [notice["type"] for notice in acme.notices()] == ["credentials.rejected"]
    assert acme.events() == []
    looked = acme.http.request("GET", f"{acme.sandbox.url}/_sandbox").json()
    assert looked["requests"] + looked["logins"] <= 2 * 2 * 14


@pytest.mark.parametrize("kind", ["html", "not_utf8", "drop_list_path", "truncate"])
def test_a_reply_that_is_no_answer_is_never_an_empty_stream(customer_of: MakeCustomer, kind: str) -> None:
    acme = customer_of(f"acme-{kind}".replace("_", "-"), streams=("department",))
    acme.run()
    before = len(acme.events())
    assert before
    acme.notices()
    acme.order("faults", kind=kind, times=1_000, stream="department")
    view = acme.run()
    assert view.execution is not None
    assert view.execution.status == "FAILED"
    assert view.execution.error == ("ErpUnavailable" if kind == "truncate" else "ApiChanged")
    assert acme.events() == []
    assert len(acme.notices()) == 1


def _log_lines(deployment: Deployment) -> list[str]:
    """Return every line that a Lambda of ours has logged."""
    client = boto3.client(
        "logs",
        endpoint_url=deployment.endpoint,
        region_name=deployment.region,
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    groups = client.get_paginator("describe_log_groups").paginate(logGroupNamePrefix="/aws/lambda/sluice-")
    found = []
    for group in (group["logGroupName"] for page in groups for group in page["logGroups"]):
        for page in client.get_paginator("filter_log_events").paginate(logGroupName=group):
            found += [event["message"] for event in page["events"]]
    return found


def test_no_secret_is_anywhere_but_in_the_secret_store(
    customer_of: MakeCustomer, deployment: Deployment, home: Path
) -> None:
    acme = customer_of("acme-canary", scale=0.02)
    acme.order("faults", kind="status", status=500, times=3)
    runs = [acme.run()]
    acme.order("faults", kind="expire_tokens", times=1)
    acme.order("faults", kind="status", status=401, times=30, after_requests=1)
    runs.append(acme.run())
    acme.events()
    acme.notices()
    world = deployment.world
    machine = deployment.outputs["SyncStateMachineArn"].replace(":stateMachine:", ":execution:")
    found = list(acme.inbox.bodies)
    for run in (view.run.id for view in runs if view.run is not None):
        history = deployment.session.stepfunctions.get_execution_history(
            executionArn=f"{machine}:{run}", includeExecutionData=True, maxResults=1000
        )
        found.append(json.dumps(history, default=str))
        found += [repr(item.value) for item in world.runs_table.query(f"run#{run}")]
    for table in (world.state, world.runs_table, world.connections_table):
        for partition in (acme.name, "connection"):
            found += [repr(item.value) for item in table.query(partition)]
    logged = _log_lines(deployment)
    assert any("acme-canary" in line for line in logged)
    found += logged
    found += [path.read_text(errors="replace") for path in home.rglob("*.log")]
    leaks = forms([CANARY])
    assert not any(leak in text for text in found for leak in leaks)
    kept = [key for key in world.objects.keys("") if f"/{acme.name}/" in key]
    assert {key.partition("/")[0] for key in kept} >= {"raw", "receipts", "snapshots", "contracts"}
    for key in kept:
        body = world.objects.get(key)
        text = (gzip.decompress(body) if key.endswith(".gz") else body).decode("latin-1")
        assert not any(leak in text for leak in leaks), key


@pytest.fixture
def short_histories(deployment: Deployment) -> Iterator[None]:
    """Let FetchPages think that a history takes next to nothing."""
    client = boto3.client(
        "lambda",
        endpoint_url=deployment.endpoint,
        region_name=DEFAULT_REGION,
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    known = client.get_function_configuration(FunctionName=FUNCTION)["Environment"]["Variables"]
    short = {**known, "SLUICE_HISTORY_EVENTS": str(EVENTS)}
    client.update_function_configuration(FunctionName=FUNCTION, Environment={"Variables": short})
    yield
    client.update_function_configuration(FunctionName=FUNCTION, Environment={"Variables": known})


@pytest.mark.timeout(900)
@pytest.mark.usefixtures("short_histories")
def test_a_long_stream_takes_several_executions_and_arrives_once(
    customer_of: MakeCustomer, deployment: Deployment
) -> None:
    acme = customer_of("acme-long", {"customer": CUSTOMERS}, streams=("customer",))
    views = [acme.run(patience=400)]
    while (run := views[-1].run) is not None and run.continued_as:
        views.append(end_of(deployment, run.continued_as, 400))
    runs = [view.run for view in views if view.run]
    assert len(runs) >= 2
    assert [run.status for run in runs] == ["continued"] * (len(runs) - 1) + ["succeeded"]
    assert [run.continues for run in runs] == [None, *(run.id for run in runs[:-1])]
    assert [run.trigger for run in runs] == ["manual", *["continued"] * (len(runs) - 1)]
    assert {view.execution.status for view in views if view.execution} == {"SUCCEEDED"}
    assert sum(run.counts["published"] for run in runs) == CUSTOMERS
    ids = Counter(event["data"]["source_id"] for event in acme.events())
    assert (len(ids), set(ids.values())) == (CUSTOMERS, {1})
    entered = [step.state for step in path_of_run(deployment.world, runs[0].id) if step.kind == "entered"]
    assert entered[-4:] == ["RunOutcome", "StartNextRun", "OutcomeSoFar", "RunContinued"]
    assert [notice["type"] for notice in acme.notices()] == ["run.finished"]

    acme.run(patience=400)
    assert acme.events() == []
    listed = [json.dumps(view.to_json()) for view in views]
    assert all(run.id in text for run, text in zip(runs[1:], listed, strict=False))
