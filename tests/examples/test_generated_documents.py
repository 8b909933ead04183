"""docs/ as it is made from the code and the schemas, and the AsyncAPI document against real messages."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from lambdas.api import serving
from sluice.bootstrap.documents import catalog
from sluice.contract import documentation
from sluice.kit import connector_page
from sluice.mapping.documentation import asyncapi, documents, functions_page, model_page
from sluice.mapping.documentation.asyncapi import NOTICES
from sluice.messages.events import EventSource, deleted, upserted
from sluice.messages.notification import Notice, Notification
from sluice.runbook import page as runbook
from tests.law import published
from tests.reliability import edges
from tests.reliability import page as reliability

ROOT = Path(__file__).parents[2]
MODEL = catalog().canonical
DOCUMENTS = (asyncapi.NAME, functions_page.NAME, model_page.NAME)
TIME = "2026-01-31T12:00:00Z"


@cache
def made() -> dict[str, str]:
    return documents(MODEL)


@cache
def described() -> dict[str, Any]:
    return asyncapi.asyncapi(MODEL)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_document_is_up_to_date(name: str, update_goldens: bool) -> None:
    assert sorted(made()) == sorted(DOCUMENTS)
    if update_goldens:
        (ROOT / name).write_text(made()[name])
    assert (ROOT / name).read_text() == made()[name]


def test_the_table_of_api_changes_is_up_to_date(update_goldens: bool) -> None:
    page = ROOT / documentation.NAME
    if update_goldens:
        page.write_text(documentation.with_table(page.read_text()))
    assert page.read_text() == documentation.with_table(page.read_text())


def test_the_openapi_document_is_up_to_date(update_goldens: bool) -> None:
    page = ROOT / "docs" / "openapi.json"
    if update_goldens:
        page.write_text(serving.OPENAPI.text())
    assert page.read_text() == serving.OPENAPI.text()


def test_the_table_of_published_schemas_has_what_is_new(update_goldens: bool) -> None:
    table = ROOT / published.FILE
    known = json.loads(table.read_text()) if table.is_file() else {"retired": {}, "schemas": {}}
    whole = published.as_text(published.with_new(known, published.published_now(MODEL)))
    if update_goldens:
        table.write_text(whole)
    assert table.read_text() == whole


def test_the_runbook_is_up_to_date(update_goldens: bool) -> None:
    page = ROOT / runbook.PAGE
    if update_goldens:
        page.write_text(runbook.page())
    assert page.read_text() == runbook.page()


@pytest.mark.parametrize("made", [reliability, edges], ids=[reliability.PAGE, edges.PAGE])
def test_the_pages_of_reliability_are_up_to_date(made: ModuleType, update_goldens: bool) -> None:
    page = ROOT / made.PAGE
    if update_goldens:
        page.write_text(made.page())
    assert page.read_text() == made.page()


@cache
def connector_pages() -> dict[str, str]:
    known = catalog()
    connectors = [known.connector(name) for name in known.names()]
    found = [(one, {stream: known.mapper(one.name, stream) for stream in one.streams}) for one in connectors]
    return connector_page.pages(found, MODEL.names())


PAGES = [connector_page.INDEX, *(f"{connector_page.FOLDER}{name}.md" for name in catalog().names())]


@pytest.mark.parametrize("name", PAGES)
def test_the_page_of_a_connector_is_up_to_date(name: str, update_goldens: bool) -> None:
    assert set(connector_pages()) == set(PAGES)
    text = connector_pages()[name]
    if update_goldens:
        (ROOT / name).write_text(text)
    assert (ROOT / name).read_text() == text


def references(value: Any) -> Iterator[str]:
    """Yield every reference below ``value``."""
    if isinstance(value, dict):
        if "$ref" in value:
            yield value["$ref"]
        for inner in value.values():
            yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def test_every_reference_leads_somewhere() -> None:
    found = set(references(described()))
    assert found
    for reference in found:
        place: Any = described()
        for step in reference.removeprefix("#/").split("/"):
            place = place[step]


def payload_errors(message: str, payload: Any) -> list[str]:
    """Return what is wrong with a message's payload, by the AsyncAPI document."""
    components = described()["components"]
    schema = {**components["messages"][message]["payload"], "components": components}
    return [error.message for error in Draft202012Validator(schema).iter_errors(payload)]


@pytest.mark.parametrize("entity", MODEL.names())
def test_events_are_as_documented(entity: str) -> None:
    schema = MODEL.entity(entity)
    golden = Path(__file__).parent / "tripletex" / "out" / f"{entity}.json"
    source = EventSource("acme", "tripletex", entity, schema.id, TIME)
    events = [upserted(source, data, 1, "c") for data in json.loads(golden.read_text())]
    assert payload_errors(entity, [*events, deleted(source, "17", 2)]) == []
    assert payload_errors(entity, [{**events[0], "dataschema": "urn:sluice:other:1"}])
    assert payload_errors(entity, [{**events[0], "type": f"{entity}.deleted"}])


def test_message_attributes_are_as_documented() -> None:
    source = EventSource("acme", "tripletex", "customer", "urn:sluice:customer:1", TIME)
    headers = described()["components"]["messages"]["customer"]["headers"]
    assert set(headers["required"]) == set(source.attributes())


def test_notifications_are_as_documented() -> None:
    assert set(NOTICES) == {notice.value for notice in Notice}
    for notice in Notice:
        message = Notification(notice, "acme", "run-1", TIME, "title", stream="customer").to_message()
        assert payload_errors("notification", json.loads(message.body)) == []
        headers = described()["components"]["messages"]["notification"]["headers"]
        assert list(Draft202012Validator(headers).iter_errors(dict(message.attributes))) == []
