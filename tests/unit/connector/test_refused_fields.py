"""A field that the ERP refuses by its name: all fields of its level are asked for instead, and it is told."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sluice.connector.outcomes import Page, TryAgain
from sluice.connector.selection import Selection
from sluice.errors import ApiChanged
from sluice.model.http import Reply, Request
from tests.unit.connector.scripted import CONNECTOR, STREAM, Recorder, drive, query_of, reader, reply, toy

ERRORS = "errors: [{status: [400], body: {path: code, equals: 11}, means: api_changed, change: D42}]\n"
NESTED = "    to: {type: object, properties: {city: {type: string}, name: {type: string}}}\n"
RECORD = {"id": 1, "title": "a", "to": {"city": "b", "name": "c"}}


def connector(form: str = "parentheses", *, body: bool = False) -> Any:
    fields = f"{{ask: {{fields: {form}}}}}" if body else f"{{fields: {{fields: {form}}}}}"
    request = f"request: {{method: POST, body: {fields}}}\n" if body else f"request: {{query: {fields}}}\n"
    return toy(CONNECTOR + ERRORS, STREAM + NESTED + request)


def selection(*paths: str) -> Selection:
    return Selection(frozenset(tuple(path.split(".")) for path in paths))


class Refusing:
    """Refuses to be asked for these names, wherever they stand."""

    def __init__(self, *names: str, wildcard: bool = True) -> None:
        self._names, self._wildcard = names, wildcard

    def __call__(self, request: Request) -> Reply:
        asked = query_of(request).get("fields", "")
        words = asked.replace("(", ",").replace(")", ",").split(",")
        for name in (*self._names, *(() if self._wildcard else ("*",))):
            if name in words:
                return reply(
                    {"code": 11, "message": f"{name} does not match a field in the model: Thing"}, 400
                )
        return reply({"items": [RECORD], "total": 1})


def asked(recorder: Recorder) -> list[str | None]:
    return [query_of(request).get("fields") for request in recorder.requests]


@pytest.mark.parametrize(
    ("paths", "refused", "written"),
    [
        (("name", "to.city"), "name", ["id,name,to(city)", "*,id,to(city)"]),
        (("id", "to.zip", "to.city"), "zip", ["id,to(city,zip)", "id,to(*,city)"]),
    ],
)
def test_in_place_of_a_refused_field_all_of_its_level_are_asked_for(
    paths: tuple[str, ...], refused: str, written: list[str]
) -> None:
    recorder = Recorder(Refusing(refused))
    reading = reader(connector(), selection=selection(*paths), goes_round_fields=True)
    outcomes = list(drive(reading, recorder))
    assert [type(outcome) for outcome in outcomes] == [TryAgain, Page]
    assert asked(recorder) == written
    [path] = reading.refused
    assert path.rpartition(".")[2] == refused
    assert reading.facts["refused"] == [path]
    again = reader(
        connector(), selection=selection(*paths), position=json.loads(json.dumps(reading.position()))
    )
    assert again.refused == (path,)


def test_with_commas_no_field_is_named_any_more() -> None:
    recorder = Recorder(Refusing("name"))
    reading = reader(connector("commas"), selection=selection("name", "to.city"), goes_round_fields=True)
    assert [type(outcome) for outcome in drive(reading, recorder)] == [TryAgain, Page]
    assert asked(recorder) == ["id,name,to", None]
    assert reading.refused == ("name",)


def test_a_whole_object_that_is_refused() -> None:
    recorder = Recorder(Refusing("to"))
    reading = reader(connector(), selection=selection("title", "to.city"), goes_round_fields=True)
    list(drive(reading, recorder))
    assert asked(recorder)[-1] == "*,id,title"


def test_a_field_that_was_suspected_wrongly_is_cleared_when_it_comes() -> None:
    """The refusal says a name only, which stands at two levels; the first guess is the outer one."""
    recorder = Recorder(Refusing("name"))
    reading = reader(connector(), selection=selection("name", "to.name"), goes_round_fields=True)
    outcomes = list(drive(reading, recorder))
    assert [type(outcome) for outcome in outcomes] == [TryAgain, TryAgain, Page]
    assert asked(recorder) == ["id,name,to(name)", "*,id,to(name)", "*,id,to(*)"]
    assert reading.refused == ("name",)


@pytest.mark.parametrize(
    ("found", "erp"),
    [
        (connector(), Refusing("name", wildcard=False)),
        (
            connector("dotted_list", body=True),
            lambda _: reply({"code": 11, "message": "name is unknown"}, 400),
        ),
        (connector("commas", body=True), lambda _: reply({"code": 11, "message": "name is unknown"}, 400)),
        (toy(CONNECTOR + ERRORS), lambda _: reply({"code": 11, "message": "name is unknown"}, 400)),
    ],
    ids=["the wildcard is refused too", "no wildcard", "commas in a body", "no selection"],
)
def test_where_nothing_can_be_asked_for_instead_the_stream_is_held(found: Any, erp: Any) -> None:
    reading = reader(found, selection=selection("name", "title"), goes_round_fields=True)
    with pytest.raises(ApiChanged, match="D42") as caught:
        list(drive(reading, erp))
    assert caught.value.changes[0].after == "refused by the ERP"
    assert reading.records == 0


def test_where_all_fields_hold_too_much_none_is_gone_round() -> None:
    request = "request: {query: {fields: {fields: parentheses}}}\nall_fields: false\n"
    recorder = Recorder(Refusing("name"))
    found = toy(CONNECTOR + ERRORS, STREAM + request)
    with pytest.raises(ApiChanged, match="D42"):
        list(drive(reader(found, selection=selection("name"), goes_round_fields=True), recorder))
    assert len(recorder.lines) == 1


def test_who_does_not_ask_for_it_gets_the_change_at_once() -> None:
    recorder = Recorder(Refusing("name"))
    with pytest.raises(ApiChanged, match="D42") as caught:
        list(drive(reader(connector(), selection=selection("name")), recorder))
    assert caught.value.changes[0].path == "name"
    assert len(recorder.lines) == 1


def test_no_more_than_three_fields_are_gone_round() -> None:
    names = ("a", "b", "c", "d")
    recorder = Recorder(Refusing(*names))
    with pytest.raises(ApiChanged, match="D42"):
        list(drive(reader(connector(), selection=selection(*names), goes_round_fields=True), recorder))
    assert len(recorder.lines) == 4


RPC_ERRORS = "errors: [{status: [200], body: {path: error, exists: true}, means: api_changed, change: D13}]\n"


@pytest.mark.parametrize(
    ("error", "code", "path"),
    [
        (["'city'", ""], "D42", "to.city"),
        ("to.city does not match a field", "D42", "to.city"),
        (["UserError", ["name is missing"]], "D13", "status"),
        ("The city is closed", "D13", "status"),
        ({"code": 1}, "D13", "status"),
    ],
)
def test_a_json_rpc_error_that_begins_with_a_field_s_name_is_about_that_field(
    error: Any, code: str, path: str
) -> None:
    reading = reader(toy(CONNECTOR + RPC_ERRORS), selection=selection("name", "to.city"))
    reading.next_request()
    with pytest.raises(ApiChanged) as caught:
        reading.receive(reply({"id": 1, "error": error}))
    assert (caught.value.changes[0].code, caught.value.changes[0].path) == (code, path)
