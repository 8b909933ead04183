"""API changes on the embedded AWS: each takes its branch, is told once, and lets nothing wrong through."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sluice.bootstrap.documents import ROOT
from sluice.usecases.contracts.noted_changes import noted_of_stream
from sluice.usecases.deciding.changes import list_changes
from sluice.usecases.operating.quarantine import list_quarantined
from tests.live.pipeline.conftest import Customer, end_of
from tests.live.pipeline.witness import (
    Operator,
    as_arrived,
    judgements,
    outcomes,
    received,
    requests,
    truth,
)

pytestmark = pytest.mark.timeout(300)

MakeCustomer = Callable[..., Customer]
PRODUCTS = 220
STREAMS = ("product", "department")


@dataclass(frozen=True, slots=True)
class Case:
    """A mutation of the sandbox's products, and what must come of it. ``runs`` are those to learn from."""

    name: str
    mutation: str
    judged: str
    notice: str
    code: str
    path: str
    fields: tuple[str, ...]
    did: str
    advice: str
    runs: int = 1

    @property
    def goes_on(self) -> bool:
        return self.judged in {"told", "quarantined"}


CASES = (
    Case(
        "announced", "D16:product=2027-01-01", "told", "api.changed", "D16", "deprecation", ("product",),
        "The stream went on", "Nothing at once.",
    ),
    Case(
        "retyped", "D47/text:product.account.id", "told", "api.changed", "D47", "account.id",
        ("product.account_id",), "The stream went on", "Nothing at once.",
    ),
    Case(
        "nulls", "D52/null:product.name@0.01", "quarantined", "records.quarantined", "D52", "name",
        ("product.name",), "set aside, none of them was published", "sluice changes accept ID",
    ),
    Case(
        "scaled", "D63/x100:product.costExcludingVatCurrency", "held", "stream.held", "D63",
        "costExcludingVatCurrency", ("product.unit_cost",), "The stream is held", "sluice changes accept ID",
        3,
    ),
    Case(
        "elsewhere", "D03/other_host:product", "failed", "stream.failed", "D03", "status", ("product",),
        "the next run tries again", "sluice changes show ID",
    ),
)  # fmt: skip


@pytest.fixture
def operator(home: Path) -> Operator:
    return Operator(home)


def learnt(customer_of: MakeCustomer, name: str, runs: int = 1, **more: Any) -> Customer:
    """Return a customer whose ERP was read to its end so often."""
    acme = customer_of(name, {"product": PRODUCTS, "department": 5}, streams=STREAMS, **more)
    for _ in range(runs):
        assert outcomes(acme.run()) == dict.fromkeys(STREAMS, "synced")
    return acme


def only_change(acme: Customer) -> Any:
    (incident,) = list_changes(acme.deployment.world, acme.name)
    return incident


def replays(acme: Customer) -> list[str]:
    """Return the replays that there ever were."""
    return [run.id for run in acme.deployment.world.runs.of(acme.name) if run.trigger == "replay"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.judged}-{case.code}")
def test_a_change_takes_its_branch_and_is_told_once(customer_of: MakeCustomer, case: Case) -> None:
    acme = learnt(customer_of, f"acme-{case.name}", case.runs)
    due = {
        **as_arrived("product", 1, truth(acme, "product")),
        **as_arrived("department", 1, truth(acme, "department")),
    }
    changed = set(acme.order("change", stream="product", count=8, set={"description": "Ny"})["changed"])
    acme.order("change", stream="department", count=1, set={"name": "Ny"})
    acme.order("mutate", mutation=case.mutation)
    first, again = acme.run(), acme.run()

    aside = {one.source_id for one in list_quarantined(acme.deployment.world, acme.name)}
    assert len(aside) in ((1, 2) if case.judged == "quarantined" else (0,))
    for key, data in truth(acme, "department").items():
        if data["name"] == "Ny":
            due["department", key, 2] = data
    for key, data in truth(acme, "product").items():
        if case.goes_on and key in changed - aside:
            due["product", key, 2] = data
    arrived, notices = received(acme)
    assert arrived == due

    assert judgements(acme, first) == [("product", case.judged, [case.code] if case.goes_on else [])]
    ended = {"held": "held", "failed": "failed"}.get(case.judged, "synced")
    assert outcomes(first) == {"product": ended, "department": "synced"}
    assert first.execution is not None
    if case.goes_on:
        assert (first.execution.status, first.execution.error) == ("SUCCEEDED", None)
    else:
        assert (first.execution.status, first.execution.error) == ("FAILED", "ApiChanged")
        assert f"{case.code} " in (first.execution.cause or "")
    assert again.execution is not None
    assert again.execution.status == first.execution.status

    (notice,) = notices
    check_notice(acme, case, notice)
    assert notice["data"]["run"] == first.execution.name


def check_notice(acme: Customer, case: Case, notice: dict[str, Any]) -> None:
    """The notice says which change, whom it touches, what was done and what to do."""
    incident, data = only_change(acme), notice["data"]
    change = data["change"]
    assert (notice["type"], change["code"], change["path"]) == (case.notice, case.code, case.path)
    assert (tuple(data["fields"]), data["stream"]) == (case.fields, "product")
    assert (data["scope"], data["connections"]) == ("customer", [acme.name])
    assert data["incident"] == incident.id
    assert case.did in data["did"]
    assert case.advice.replace("ID", incident.id) in data["advice"]
    # Advice must not speak of what was not done.
    assert ("is held" in data["advice"]) <= (case.judged == "held"), data["advice"]


def test_what_a_policy_lets_pass_goes_on_untold(customer_of: MakeCustomer) -> None:
    """Whole numbers become decimals where a customer said that this is no matter: told of to nobody."""
    records, streams = {"customer": 60, "department": 5}, ("customer", "department")
    acme = customer_of("acme-policy", records, streams=streams, policy={"D49": "go_on"})
    acme.run()
    due = {
        **as_arrived("customer", 1, truth(acme, "customer")),
        **as_arrived("department", 1, truth(acme, "department")),
    }
    changed = set(acme.order("change", stream="customer", count=20, set={"name": "Ny AS"})["changed"])
    acme.order("mutate", mutation="D49/point_zero:customer.invoicesDueIn")
    view = acme.run()
    assert view.execution is not None
    assert view.execution.status == "SUCCEEDED", view

    world = acme.deployment.world
    (noted,) = noted_of_stream(world, view.execution.name, "customer", 20).changes
    assert (noted.code, noted.path, noted.action.value) == ("D49", "invoicesDueIn", "go_on")
    assert judgements(acme, view) == []
    assert list_changes(world, acme.name) == []
    arrived, notices = received(acme)
    due |= {("customer", key, 2): data for key, data in truth(acme, "customer").items() if key in changed}
    assert arrived == due
    assert notices == []


def test_accepted_held_records_arrive_once_whoever_accepts_and_how_often(
    customer_of: MakeCustomer, operator: Operator
) -> None:
    acme = learnt(customer_of, "acme-accepted", runs=3)
    due = as_arrived("product", 1, truth(acme, "product"))
    acme.order("mutate", mutation="D63/x100:product.costExcludingVatCurrency")
    held = acme.run()
    assert outcomes(held)["product"] == "held"
    shown = operator.reads("runs", "show", held.run.id)  # type: ignore[union-attr]
    assert {one["stream"]: one["outcome"] for one in shown["streams"]} == {
        "product": "held",
        "department": "synced",
    }
    (change,) = operator.reads("changes", "list", acme.name)
    assert (change["code"], change["state"], change["action"]) == ("D63", "open", "hold")
    contract = operator.reads("contracts", "show", acme.name, "product")["contract"]
    asked = requests(acme)

    accept = ("changes", "accept", change["id"], "--reason", "they bill in øre now", "--json", "--by")
    both = operator.does_at_once((*accept, "kari"), (*accept, "ola"))
    (one,), (other,) = (json.loads(printed) for printed in both)
    assert one["decided"] == other["decided"]
    assert one["replay"] == other["replay"]
    replay = end_of(acme.deployment, one["replay"])
    assert replay.execution is not None
    assert replay.execution.status == "SUCCEEDED", replay
    (once_more,) = json.loads(operator.does(*accept, "per"))
    assert (once_more["decided"], once_more["replay"]) == (one["decided"], one["replay"])
    assert requests(acme) == asked, "the ERP was called"

    after = operator.reads("contracts", "show", acme.name, "product")
    assert after["contract"]["version"] == contract["version"] + 1
    (entry,) = [entry for entry in after["history"] if entry["who"] != "sluice"]
    assert entry["who"] in {"kari", "ola"}
    assert (entry["who"], entry["at"]) == (one["decided"]["who"], one["decided"]["at"])
    assert (entry["reason"], [changed["code"] for changed in entry["changes"]]) == (
        "they bill in øre now",
        ["D63"],
    )
    assert replays(acme) == [one["replay"]]

    assert outcomes(acme.run()) == dict.fromkeys(STREAMS, "synced")
    arrived, notices = received(acme)
    due |= as_arrived("product", 2, truth(acme, "product", in_the_smallest_unit))
    assert {key: data for key, data in arrived.items() if key[0] == "product"} == due
    assert [notice["type"] for notice in notices] == ["stream.held"]


def in_the_smallest_unit(product: dict[str, Any]) -> None:
    product["costExcludingVatCurrency"] = round(product["costExcludingVatCurrency"] * 100)


def brought_home(mapping: str, to: Path) -> list[str]:
    """Copy all connectors, with this mapping and the field declared under its new name; return options."""
    transformers = shutil.copytree(ROOT / "transformers", to / "transformers")
    (transformers / "tripletex" / "product.yaml").write_text(mapping)
    connectors = shutil.copytree(ROOT / "connectors", to / "connectors")
    declared = connectors / "tripletex" / "product.yaml"
    text = declared.read_text().replace("    number: {", "    productNumber: {")
    declared.write_text(text.replace("joined: [number,", "joined: [productNumber,"))
    return ["--connectors", str(connectors), "--transformers", str(transformers)]


def test_a_rename_is_mended_with_one_command_and_can_be_brought_home(
    customer_of: MakeCustomer, operator: Operator, tmp_path: Path
) -> None:
    acme = learnt(customer_of, "acme-rename")
    due = as_arrived("product", 1, truth(acme, "product"))
    changed = set(acme.order("change", stream="product", count=20, set={"description": "Ny"})["changed"])
    new = set(acme.order("add", stream="product", count=5)["added"])
    acme.order("mutate", mutation="D44:product.number=productNumber")
    assert outcomes(acme.run()) == {"product": "held", "department": "synced"}
    arrived, (notice,) = received(acme)
    assert {key: data for key, data in arrived.items() if key[0] == "product"} == due
    data = notice["data"]
    assert (notice["type"], data["change"]["code"], data["change"]["path"]) == (
        "stream.held",
        "D44",
        "number",
    )
    suggestion = data["suggestion"]
    assert (suggestion["kind"], suggestion["from"], suggestion["to"]) == ("rename", "number", "productNumber")
    assert f"sluice changes accept {data['incident']} --apply-suggestion" in data["advice"]

    asked = requests(acme)
    operator.does(
        "changes", "accept", data["incident"], "--apply-suggestion", "--wait", "--reason", "release notes"
    )
    assert requests(acme) == asked, "the ERP was called"
    arrived, notices = received(acme)
    there = truth(acme, "product")
    assert arrived == {
        **as_arrived("product", 2, {key: there[key] for key in changed}),
        **as_arrived("product", 1, {key: there[key] for key in new}),
    }
    assert all(found["number"] for found in arrived.values())
    assert notices == []

    mapping = operator.does("changes", "export", "tripletex", "product", "--connection", acme.name)
    assert "number: productNumber" in mapping
    operator.does("connectors", "check", "tripletex", *brought_home(mapping, tmp_path))

    assert outcomes(acme.run()) == dict.fromkeys(STREAMS, "synced")
    assert received(acme) == ({}, [])


def test_records_set_aside_arrive_once_when_their_change_is_accepted(
    customer_of: MakeCustomer, operator: Operator
) -> None:
    acme = learnt(customer_of, "acme-aside")
    due = as_arrived("product", 1, truth(acme, "product"))
    acme.order("mutate", mutation="D42/silent:product.number@0.005")
    assert outcomes(acme.run()) == dict.fromkeys(STREAMS, "synced")
    aside = {one["source_id"] for one in operator.reads("quarantine", "list", acme.name)}
    assert 1 <= len(aside) <= PRODUCTS / 100
    (change,) = operator.reads("changes", "list", acme.name)
    assert (change["code"], change["path"], change["action"]) == ("D42", "number", "quarantine")

    asked = requests(acme)
    operator.does("changes", "accept", change["id"], "--wait", "--reason", "some have none")
    operator.does("changes", "accept", change["id"], "--wait")
    operator.does("quarantine", "replay", acme.name, "--wait")
    assert len(replays(acme)) == 1
    assert requests(acme) == asked, "the ERP was called"
    assert operator.reads("quarantine", "list", acme.name) == []
    assert outcomes(acme.run()) == dict.fromkeys(STREAMS, "synced")
    assert operator.reads("quarantine", "list", acme.name) == []

    arrived, notices = received(acme)
    without = truth(acme, "product", lambda product: product.pop("number"))
    due |= {("product", key, 2): without[key] for key in aside}
    assert {key: data for key, data in arrived.items() if key[0] == "product"} == due
    assert [notice["type"] for notice in notices] == ["records.quarantined"]


def test_one_change_at_several_customers_is_told_of_one_and_then_of_the_vendor(
    customer_of: MakeCustomer,
) -> None:
    names = ("acme-fleet", "fjord-fleet", "nord-fleet")
    fleet = [customer_of(name, {"department": 5}, streams=("department",)) for name in names]
    told = []
    for customer in fleet:
        customer.run()
        customer.order("mutate", mutation="D50/value_object:department.name")
        assert outcomes(customer.run()) == {"department": "held"}
    for customer in fleet:
        arrived, notices = received(customer)
        assert arrived == as_arrived("department", 1, truth(customer, "department"))
        assert only_change(customer).state == "open"
        told.append([(one["type"], one["data"]["scope"], one["data"]["connections"]) for one in notices])
    assert told == [
        [("stream.held", "customer", ["acme-fleet"])],
        [("stream.held", "vendor", ["acme-fleet", "fjord-fleet"])],
        [],
    ]


def test_credentials_refused_everywhere_at_once_are_the_vendors_change(customer_of: MakeCustomer) -> None:
    names = ("acme-refused", "fjord-refused")
    both = [customer_of(name, {"department": 5}, streams=("department",)) for name in names]
    for customer in both:
        customer.run()
        customer.order("mutate", mutation="D22/401")
    views = [customer.run() for customer in both]
    assert [view.execution.status for view in views if view.execution] == ["FAILED", "FAILED"]
    (_, (first,)), (_, (second,)) = (received(customer) for customer in both)
    assert (first["type"], first["data"]["error"]) == ("credentials.rejected", "CredentialsRejected")
    change = second["data"]["change"]
    assert (second["type"], change["code"], change["action"]) == ("stream.failed", "D22", "fail")
    assert (second["data"]["scope"], second["data"]["connections"]) == ("vendor", list(names))
