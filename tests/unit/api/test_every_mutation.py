"""Whoever changes something is written down, whatever it is: once, by name, and done or failed as it was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from msgspec.structs import replace

from lambdas.api.roles import LOWEST
from sluice.bootstrap.documents import ROOT
from sluice.local.memory_queue import MemoryQueue
from sluice.usecases.plan_run import PlanRun, plan_run
from sluice.usecases.world import iso
from tests.unit.api.client import Answer, Client
from tests.unit.api.test_connectors import FILES
from tests.unit.api.test_operating import held, with_bad

NEW: dict[str, Any] = {"connector": "toy", "secrets": {"key": "canary=1"}}
MAIL = {"name": "night", "channel": "email", "target": "ops@example.com"}
DESCRIPTION = (ROOT / "docs" / "tutorial" / "bygdeverk.openapi.yaml").read_text()
HOOK = {"name": "pager", "channel": "webhook", "target": "https://hooks.example/zz11"}

CHANGES_NOTHING = {
    "POST /connections/validate": "it checks a form",
    "POST /connections/{name}/authorizations": "it gives a person an address; completing it is written down",
    "POST /connectors/drafts": "it gives files to look at",
    "POST /connectors/{name}/preview": "it maps a pasted reply",
}
"""Operations that are no GET and yet change nothing, each with what they do."""

ELSEWHERE = {
    "POST /connections/{name}/authorizations/complete": "test_authorizations.py",
    "POST /connections/{name}/backfills": "test_backfills.py",
    "POST /backfills/{backfill}/resume": "test_backfills.py",
    "POST /data/entities/{entity}/exports": "data/",
}
"""Operations that need a world of their own: where they are called, and looked for in the audit."""


@dataclass
class Calling:
    """A client that can bring about what an operation is done to."""

    client: Client

    def match(self, path: str) -> dict[str, str]:
        return {"If-Match": self.client("GET", path).headers["ETag"]}

    def ola(self, method: str, path: str, body: Any = None, **more: Any) -> Answer:
        self.client.rig.clock.advance(1)
        return self.client(method, path, body, user="ola", **more)

    def put(self) -> Answer:
        return self.ola("PUT", "/connections/acme", NEW, headers=self.match("/connections/acme"))

    def delete(self) -> Answer:
        return self.ola("DELETE", "/connections/acme", headers=self.match("/connections/acme"))

    def stop(self) -> Answer:
        run = self.client("POST", "/connections/acme/runs").json["run"]
        return self.ola("POST", f"/runs/{run}/stop", {"reason": "by hand"})

    def go_on(self) -> Answer:
        run = self.client("POST", "/connections/acme/runs").json["run"]
        rig = self.client.rig
        plan_run(rig.world, PlanRun("acme", "manual", run, iso(rig.clock.now())))
        self.client("POST", f"/runs/{run}/stop", {})
        return self.ola("POST", f"/runs/{run}/redrive")

    def rollback(self) -> Answer:
        self.client("POST", "/connectors/toy/versions", {"files": FILES})
        return self.ola("POST", "/connectors/toy/rollback", {"to": 0})

    def decide(self, how: str) -> Answer:
        change = held(self.client)
        return self.ola("POST", f"/changes/{change}/{how}", {}, headers=self.match(f"/changes/{change}"))

    def replay(self) -> Answer:
        with_bad(self.client, 2)
        return self.ola("POST", "/connections/acme/quarantine/replays", {"stream": "customer"})

    def redrive(self) -> Answer:
        clock = self.client.rig.clock
        queues = {"lake": MemoryQueue(clock), "lake-dead-letters": MemoryQueue(clock)}
        rig = self.client.rig
        rig.desk = replace(rig.desk, world=replace(rig.world, queues=queues))
        return self.ola("POST", "/topics/lake/redrive", {})

    def subscription(self, method: str, more: str = "", body: Any = None, form: Any = HOOK) -> Answer:
        name = form["name"]
        self.client("POST", "/subscriptions", form)
        path = f"/subscriptions/{name}"
        headers = self.match(path) if method in {"PUT", "DELETE"} else None
        return self.ola(method, path + more, body, headers=headers)


MUTATIONS: dict[str, tuple[str, Callable[[Calling], Answer]]] = {
    "POST /connections/test": (
        "connections.test",
        lambda call: call.ola("POST", "/connections/test", {"name": "beta", **NEW}),
    ),
    "POST /runs/{run}/redrive": ("runs.redrive", Calling.go_on),
    "POST /connections": (
        "connections.add",
        lambda call: call.ola("POST", "/connections", {"name": "beta", **NEW}),
    ),
    "PUT /connections/{name}": ("connections.replace", Calling.put),
    "DELETE /connections/{name}": ("connections.remove", Calling.delete),
    "POST /connections/{name}/test": (
        "connections.test",
        lambda call: call.ola("POST", "/connections/acme/test"),
    ),
    "POST /connections/{name}/pause": (
        "connections.pause",
        lambda call: call.ola("POST", "/connections/acme/pause"),
    ),
    "POST /connections/{name}/resume": (
        "connections.resume",
        lambda call: call.ola("POST", "/connections/acme/resume"),
    ),
    "POST /connections/{name}/runs": ("runs.start", lambda call: call.ola("POST", "/connections/acme/runs")),
    "POST /runs/{run}/stop": ("runs.stop", Calling.stop),
    "POST /connectors/{name}/versions": (
        "connectors.register",
        lambda call: call.ola("POST", "/connectors/toy/versions", {"files": FILES}),
    ),
    "POST /connectors/{name}/rollback": ("connectors.rollback", Calling.rollback),
    "POST /changes/{id}/accept": ("changes.accept", lambda call: call.decide("accept")),
    "POST /changes/{id}/reject": ("changes.reject", lambda call: call.decide("reject")),
    "POST /connections/{name}/quarantine/replays": ("quarantine.replay", Calling.replay),
    "POST /topics/{name}/redrive": ("topics.redrive", Calling.redrive),
    "POST /subscriptions": ("notifications.add", lambda call: call.ola("POST", "/subscriptions", MAIL)),
    "PUT /subscriptions/{name}": (
        "notifications.change",
        lambda call: call.subscription("PUT", body={"severities": ["error"]}),
    ),
    "DELETE /subscriptions/{name}": ("notifications.remove", lambda call: call.subscription("DELETE")),
    "POST /subscriptions/{name}/test": (
        "notifications.test",
        lambda call: call.subscription("POST", "/test", form=MAIL),
    ),
    "POST /subscriptions/{name}/rotate": (
        "notifications.rotate",
        lambda call: call.subscription("POST", "/rotate"),
    ),
}
"""What is written down of an operation, and how it is brought about."""


def test_every_operation_that_changes_something_is_here() -> None:
    changing = {called for called in LOWEST if not called.startswith("GET ")}
    assert {*MUTATIONS, *CHANGES_NOTHING, *ELSEWHERE} == changing


@pytest.mark.parametrize("called", MUTATIONS)
def test_what_is_changed_is_written_down_once_in_the_callers_name(client: Client, called: str) -> None:
    action, call = MUTATIONS[called]
    answer = call(Calling(client))
    assert answer.status < 300, answer.body
    found = [one for one in client.rig.world.audit.all() if one.who == "ola"]
    assert [(one.action, one.state) for one in found] == [(action, "done")]


FORMS = {
    "POST /connections/validate": {"name": "beta", **NEW},
    "POST /connectors/drafts": {"name": "tiny", "description": DESCRIPTION},
    "POST /connectors/{name}/preview": {"stream": "department", "body": '{"total": 0, "values": []}'},
}


@pytest.mark.parametrize("called", FORMS)
def test_what_only_looks_leaves_nothing(client: Client, called: str) -> None:
    world = client.rig.world

    def there() -> tuple[Any, ...]:
        connections = [one.name for one in world.connections.all()]
        return set(world.objects.keys("")), [one.id for one in world.audit.all()], connections

    before = there()
    assert client("POST", called.partition(" ")[2].format(name="toy"), FORMS[called]).status == 200
    assert there() == before


def test_what_fails_is_written_down_as_failed_with_its_reason(client: Client) -> None:
    client.rig.world.leases.take("acme", "run-1", client.rig.clock.now())
    client("POST", "/connectors/toy/rollback", {"to": 0}, user="ola")
    [entry] = [one for one in client.rig.world.audit.all() if one.who == "ola"]
    assert (entry.action, entry.state) == ("connectors.rollback", "failed")
    assert entry.error


@pytest.mark.parametrize("group", ["viewer", "ops"])
def test_what_is_refused_for_want_of_a_role_does_nothing(client: Client, group: str) -> None:
    assert client("POST", "/connections", {"name": "beta", **NEW}, group=group, user="ola").status == 403
    assert not [one for one in client.rig.world.audit.all() if one.who == "ola"]
