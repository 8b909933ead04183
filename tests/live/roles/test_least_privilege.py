"""Runs with every policy enforced: what a function does, its role allows, on each way through a run."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
import urllib3

from sandbox.server import SandboxServer
from sluice.aws.cognito_users import random_password
from sluice.bootstrap.deployment import Deployment
from sluice.bootstrap.documents import ROOT, folder_documents
from sluice.lake.layout import Partition
from sluice.model.connection import Connection
from sluice.model.secret import Secret
from sluice.ports.workflow import Execution
from sluice.registry.cursors import Cursors
from sluice.registry.overrides import Override, Overrides
from sluice.registry.packages import files_of
from sluice.registry.usages import Usages
from sluice.settings import LOCAL_STAGE
from sluice.snapshot.index import SnapshotIndex
from sluice.usecases.data.housekeeping import Part, housekeeping_ended, list_parts, start_housekeeping
from sluice.usecases.deciding.accepting import accept_change
from sluice.usecases.deciding.changes import list_changes
from sluice.usecases.operating.quarantine import list_quarantined
from sluice.usecases.operating.runs import RunView, path_of_run
from sluice.usecases.replay.starting import payload_of, replay_quarantine
from sluice.usecases.watch.looking import list_announcements, list_sources, start_watch, watch_ended
from tests.live.pipeline.conftest import end_of, run_to_end
from tests.live.pipeline.test_consumer import client
from tests.unit.api.client import event_of

pytestmark = pytest.mark.timeout(600)


def order(sandbox: SandboxServer, what: str, **body: object) -> None:
    reply = urllib3.request("POST", f"{sandbox.url}/_sandbox/{what}", json=body)
    assert reply.status == 200, reply.data


def outcomes(view: RunView) -> dict[str, str]:
    return {result.stream: result.outcome for result in view.streams}


def test_every_role_allows_what_its_function_does(deployment: Deployment, sandbox: SandboxServer) -> None:
    first = run_to_end(deployment, "acme")
    assert set(outcomes(first).values()) == {"synced"}, first.streams

    order(sandbox, "delete", stream="department", count=1)  # a delete is published by CommitCursor
    order(sandbox, "clear", stream="product")  # JudgeChange holds
    order(sandbox, "mutate", stream="account", kind="retype", path="name", to="object")
    order(sandbox, "faults", kind="status", status=500, times=200, stream="employee")  # RecordFailure
    second = run_to_end(deployment, "acme")
    refused = [result.cause for result in second.streams if "not authorized" in str(result.cause)]
    assert not refused
    found = outcomes(second)
    wanted = {"department": "synced", "product": "held", "employee": "failed"}
    assert {name: found[name] for name in wanted} == wanted, second.streams


def test_the_role_of_the_look_allows_all_that_an_idle_run_does(
    deployment: Deployment, sandbox: SandboxServer
) -> None:
    # A look that fails is caught, and each stream looks for itself: nothing but the path tells.
    connection = Connection(
        "idle", "tripletex", settings=dict(sandbox.settings), streams=("customer", "supplier")
    )
    deployment.desk.add(connection, {key: Secret(text) for key, text in sandbox.secrets.items()})
    assert_succeeded(run_to_end(deployment, "idle"))
    for news in (False, True):
        if news:
            order(sandbox, "change", stream="customer", count=1, set={"description": "Ny"})
        view = run_to_end(deployment, "idle")
        assert_succeeded(view)
        assert view.run is not None
        steps = path_of_run(deployment.world, view.run.id)
        entered = [step.state for step in steps if step.kind == "entered"]
        assert "LookForNews" in entered
        assert "FetchPages" not in entered, [step.error for step in steps if step.error]
        assert ("CommitCursor" in entered) is news
    deployment.desk.remove("idle")


def test_every_role_of_a_backfill_allows_what_its_function_does(
    deployment: Deployment, sandbox: SandboxServer
) -> None:
    started = {"stream": "time_entry", "since": "2026-01-01", "until": "2026-03-01"}
    some = end_of(deployment, ask(deployment, "POST", "/connections/acme/backfills", **started)["run"])
    assert_succeeded(some)
    order(sandbox, "faults", kind="status", status=500, times=200, stream="time_entry")
    begun = ask(deployment, "POST", "/connections/acme/backfills", stream="time_entry")["run"]
    failed = end_of(deployment, begun)
    assert outcomes(failed) == {"time_entry": "failed"}
    assert "not authorized" not in str(failed.streams)
    order(sandbox, "faults")
    resumed = end_of(deployment, ask(deployment, "POST", f"/backfills/{begun}/resume")["run"])
    assert_succeeded(resumed)
    usages, until = Usages(deployment.world.runs_table), time.monotonic() + 60
    while (kept := usages.get(resumed.run.id if resumed.run else "")) is None:
        assert time.monotonic() < until, "what a backfill used is not kept"
        time.sleep(0.5)
    assert kept.used.invoked["CloseWindow"] >= 1


def test_the_last_net_may_read_what_a_run_did(deployment: Deployment) -> None:
    world = deployment.world
    until = time.monotonic() + 60
    while not all(Usages(world.runs_table).get(run.id) for run in world.runs.of("acme")):
        assert time.monotonic() < until, "what a run used is not kept"
        time.sleep(0.5)


def test_the_role_of_the_lake_allows_to_write_it(deployment: Deployment, sandbox: SandboxServer) -> None:
    until = time.monotonic() + 60
    while not list(deployment.world.objects.keys("lake/department/events/acme/")):
        assert time.monotonic() < until, "what was published is not in the lake"
        time.sleep(0.5)


def ask(deployment: Deployment, method: str, path: str, **body: Any) -> Any:
    """Return what the API's function answers to an admin's request; API Gateway is passed by."""
    event = event_of(method, path) | {"body": json.dumps(body)}
    name = f"sluice-{LOCAL_STAGE}-serve_api"
    reply = client(deployment, "lambda").invoke(FunctionName=name, Payload=json.dumps(event))
    answer = json.loads(reply["Payload"].read())
    assert answer["statusCode"] < 300, answer["body"]
    return json.loads(answer["body"])


def test_the_role_of_the_api_allows_to_read_the_lake_and_to_export_it(deployment: Deployment) -> None:
    [found] = [
        one for one in ask(deployment, "GET", "/data/entities")["items"] if one["entity"] == "department"
    ]
    assert found["connections"]["acme"] > 0
    listed = ask(deployment, "GET", "/data/entities/department/records")["items"]
    record = ask(deployment, "GET", f"/data/entities/department/records/{listed[0]['key']}")
    assert record["versions"][0]["run"]
    for form in ("csv", "parquet"):
        made = ask(deployment, "POST", "/data/entities/department/exports", format=form)
        file = urllib3.request("GET", made["url"])
        assert (file.status, len(file.data)) == (200, made["bytes"])
        assert file.headers["Content-Disposition"] == f'attachment; filename="{made["name"]}"'


def test_the_role_of_the_api_allows_to_move_some_dead_letters_back(deployment: Deployment) -> None:
    dead = deployment.world.queues["information-dead-letters"]
    for number in range(3):
        dead.send(f'{{"n": {number}}}', {})
    ids = [one.id for one in dead.receive(3, 5, 0)]
    # The others are let go again, which is a right of its own.
    moved = ask(deployment, "POST", "/topics/information/redrive", ids=ids[:1])
    assert moved == {"moved": 1, "left": 2}
    assert len(dead.receive(3, 0)) == 2


def keep_house(deployment: Deployment, patience: float = 180) -> tuple[Execution, list[Part]]:
    """Run a housekeeping to its end; return it, and what the lake is made of then."""
    name = start_housekeeping(deployment.world, deployment.housekeeping)
    until = time.monotonic() + patience
    while (ended := housekeeping_ended(deployment.housekeeping, name)) is None:
        assert time.monotonic() < until, f"{name} did not end within {patience} s"
        time.sleep(0.2)
    return ended, list_parts(deployment.world)


def test_every_role_of_a_housekeeping_allows_what_its_function_does(
    deployment: Deployment, sandbox: SandboxServer
) -> None:
    indexes = "snapshots/acme/department/"
    assert sum("manifest" in key for key in deployment.world.objects.keys(indexes)) > 1
    ended, parts = keep_house(deployment)
    assert ended.status == "SUCCEEDED", (ended.cause, parts)
    cursor = Cursors(deployment.world.state, "acme").get("department")
    left = [key for key in deployment.world.objects.keys(indexes) if "manifest" in key]
    assert left == [cursor.snapshot], "ForgetSnapshots may remove what is replaced"
    assert list(SnapshotIndex(deployment.world.objects, cursor.snapshot).entries())
    assert [part.files for part in parts if part.entity == "department"] == [2]
    broken = Partition("department", "acme").fresh("0" * 32)
    deployment.world.objects.put(broken, b"no Parquet")  # RecordUncompacted
    ended, parts = keep_house(deployment)
    [failing] = [part for part in parts if part.trouble]
    assert (ended.error, failing.entity) == ("OutcomeUnknown", "department")
    assert "not authorized" not in failing.trouble
    deployment.world.objects.delete(broken)
    (whole,) = deployment.world.objects.keys(Partition("department", "acme").current_prefix)
    deployment.world.objects.put(broken.replace("0", "1"), deployment.world.objects.get(whole))
    ended, parts = keep_house(deployment)
    assert (ended.status, [part for part in parts if part.trouble]) == ("SUCCEEDED", [])


def watch_to_end(deployment: Deployment, patience: float = 180) -> Execution:
    name = start_watch(deployment.world, deployment.watching, "tripletex")
    until = time.monotonic() + patience
    while (ended := watch_ended(deployment.watching, name)) is None:
        assert time.monotonic() < until, f"{name} did not end within {patience} s"
        time.sleep(0.2)
    return ended


def test_every_role_of_a_watch_allows_what_its_function_does(
    deployment: Deployment, sandbox: SandboxServer
) -> None:
    assert watch_to_end(deployment).status == "SUCCEEDED"
    order(sandbox, "mutate", mutation="D42:customer.organizationNumber")
    # Nobody listens there: RecordUnread.
    connection = Connection("nowhere", "tripletex", settings={"base_url": "http://127.0.0.1:9/v2"})
    secrets = {key: Secret(text) for key, text in sandbox.secrets.items()}
    deployment.desk.add(connection, secrets)
    ended = watch_to_end(deployment)
    deployment.desk.remove("nowhere")
    assert ended.status == "SUCCEEDED", ended.cause
    [announced] = list_announcements(deployment.world, "tripletex")
    assert announced.told_at
    failing = [found.described.failing for found in list_sources(deployment.world, "tripletex")]
    [unread] = [found for found in failing if found]
    assert (unread["error"], bool(unread["told_at"])) == ("ErpUnavailable", True)


def test_the_roles_of_a_replay_allow_what_it_does(deployment: Deployment, sandbox: SandboxServer) -> None:
    world = deployment.world
    (held,) = [one for one in list_changes(world, "acme") if one.stream == "account" and one.state == "open"]
    accepted = accept_change(world, held.id, "test", "they said so")
    assert accepted.replay is not None
    # The transformer sets aside what the mapping cannot read; CommitReplay keeps what it can.
    assert_succeeded(end_of(deployment, accepted.replay))
    assert [one.stream for one in list_quarantined(world, "acme", "account")]

    text = world.catalog.mapping_text("tripletex", "account").replace("name: name", "name: {value: mended}")
    Overrides(world.state, "acme").put("account", Override(text, "", (), "test", "", ""))
    (replay,) = replay_quarantine(world, "acme", "account")
    view = end_of(deployment, replay)
    assert_succeeded(view)
    assert view.run is not None
    assert view.run.counts["published"] > 0
    assert list(list_quarantined(world, "acme", "account")) == []

    world.replays.start("acme-replay-odd", payload_of("acme", "nowhere", None))
    odd = end_of(deployment, "acme-replay-odd")
    assert odd.execution is not None
    assert (odd.execution.status, odd.execution.error) == ("FAILED", "ConfigurationInvalid")
    assert odd.run is not None
    assert odd.run.status == "failed"


def assert_succeeded(view: RunView) -> None:
    assert view.execution is not None
    assert (view.execution.status, view.execution.cause) == ("SUCCEEDED", None), view


def test_a_role_that_lacks_something_is_noticed(deployment: Deployment) -> None:
    # The counter-check: with IAM asleep the test above would prove nothing.
    lambdas = deployment.session._session.client("lambda", endpoint_url=deployment.endpoint)
    role = lambdas.get_function(FunctionName="sluice-local-plan_run")["Configuration"]["Role"]
    iam = deployment.session._session.client("iam", endpoint_url=deployment.endpoint)
    iam.delete_role_policy(RoleName=role.rpartition("/")[2], PolicyName="plan_run")
    view = run_to_end(deployment, "acme")
    assert view.execution is not None
    assert view.execution.status == "FAILED"


def test_the_role_of_the_api_allows_what_it_does(deployment: Deployment) -> None:
    users, password = deployment.users, random_password()
    users.add("kari", "operator")
    users.set_password("kari", password, permanent=True)
    signed_in = deployment.session.cognito.initiate_auth(
        AuthFlow="USER_PASSWORD_AUTH",
        ClientId=deployment.outputs["UserPoolClientId"],
        AuthParameters={"USERNAME": "kari", "PASSWORD": password.reveal()},
    )["AuthenticationResult"]["AccessToken"]

    def call(method: str, path: str, **more: Any) -> urllib3.BaseHTTPResponse:
        headers = {"Authorization": f"Bearer {signed_in}", **more.pop("headers", {})}
        answer = urllib3.request(method, deployment.api_url + path, headers=headers, timeout=30, **more)
        assert answer.status in {200, 201}, answer.data
        return answer

    secrets = {"consumer_token": "made-up", "employee_token": "made-up"}
    wanted = {"connector": "tripletex", "secrets": secrets, "schedule": "cron(0 5 * * ? *)"}
    path = "/connections/by-api"
    call("POST", "/connections", json={"name": "by-api", **wanted})
    call("POST", f"{path}/pause")
    tag = call("GET", path).headers["ETag"]
    changed = {**wanted, "secrets": {}, "settings": {"history_from": "2025-01-01"}}
    tag = call("PUT", path, json=changed, headers={"If-Match": tag}).headers["ETag"]
    files = files_of(folder_documents(ROOT), "fiken")
    texts = {name: data.decode() for name, data in files.items()}
    call("POST", "/connectors/fiken/versions", json={"files": texts, "reason": "the same"})
    for listing in ("/connectors", "/changes", "/overview"):
        call("GET", listing)
    call("POST", "/connectors/fiken/rollback", json={"to": 0})
    call("DELETE", path, headers={"If-Match": tag})
