"""The list of what was deleted: asked for after an incremental read, page by page, told by keys alone."""

from __future__ import annotations

from typing import Any

import pytest

from sluice.connector.outcomes import Page, Throttled
from sluice.connector.spec import Connector
from sluice.errors import ApiChanged
from sluice.model.http import Reply, Request
from tests.unit.connector.scripted import STREAM, Recorder, drive, query_of, reader, reply, toy

SINCE = "2026-11-20T12:00:00+00:00"
DELETIONS = """\
incremental: {query: {since: {since: datetime}}, watermark: request_time, lookback_minutes: 0}
deletions:
  path: /gone
  request: {query: {deleted_since: {since: datetime}}}
  key: of.record
  only: {path: status, in: [deleted]}
  at_most: 3
"""


def deleting(*, more: str = "") -> Connector:
    return toy(stream=f"{STREAM}{more}{DELETIONS}")


def tombstone(key: Any, status: str = "deleted") -> dict[str, Any]:
    return {"of": {"record": key}, "status": status}


class Erp:
    """Two changed records, and these tombstones."""

    def __init__(self, *tombstones: dict[str, Any]) -> None:
        self.tombstones = list(tombstones)

    def __call__(self, request: Request) -> Reply:
        query = query_of(request)
        found = self.tombstones if "/gone" in request.url else [{"id": 1}, {"id": 2}]
        start = int(query["from"])
        return reply({"items": found[start : start + int(query["count"])], "total": len(found)})


def pages(outcomes: Any) -> list[tuple[bool, list[Any]]]:
    return [(page.tombstones, list(page.records)) for page in outcomes if isinstance(page, Page)]


def test_tombstones_come_after_the_changes_as_keys_alone() -> None:
    server = Recorder(Erp(tombstone(7)))
    reading = reader(deleting(), since=SINCE)
    assert pages(drive(reading, server)) == [(False, [{"id": 1}, {"id": 2}]), (True, [{"id": 7}])]
    assert server.lines[-1] == "GET /v1/gone?deleted_since=2026-11-20T12:00:00Z&count=2&from=0"
    assert (reading.records, reading.position()["tombstones"]) == (2, 1)


def test_a_whole_read_does_not_ask_for_them() -> None:
    server = Recorder(Erp(tombstone(7)))
    assert [tombstones for tombstones, _ in pages(drive(reader(deleting()), server))] == [False]
    assert not any("/gone" in line for line in server.lines)


def test_another_worker_goes_on_between_their_pages() -> None:
    server = Erp(*map(tombstone, (5, 6, 7)))
    position, found = None, []
    for _ in range(10):
        reading = reader(deleting(), since=SINCE, position=position)
        request = reading.next_request()
        if request is None:
            break
        found += pages([reading.receive(server(request))])
        position = reading.position()
    assert [record["id"] for gone, records in found for record in records if gone] == [5, 6, 7]
    assert found[0] == (False, [{"id": 1}, {"id": 2}])


def test_records_of_another_kind_are_no_tombstones() -> None:
    reading = reader(deleting(), since=SINCE)
    server = Erp(tombstone(7, "archived"), tombstone(8))
    assert pages(drive(reading, server))[-1] == (True, [{"id": 8}])


@pytest.mark.parametrize(("count", "cut"), [(1, False), (2, True)])
def test_a_reply_with_so_many_may_be_cut(count: int, cut: bool) -> None:
    connector = toy(stream=STREAM + DELETIONS.replace("at_most: 3", "at_most: 2"))
    reading = reader(connector, since=SINCE)
    # Those that are no tombstones of this stream fill the reply too.
    list(drive(reading, Erp(*[tombstone(number, "archived") for number in range(count)])))
    assert reading.position()["cut"] is cut


@pytest.mark.parametrize("key", [None, "", True, ["7"]])
def test_a_tombstone_without_its_key_is_a_change(key: Any) -> None:
    with pytest.raises(ApiChanged) as caught:
        list(drive(reader(deleting(), since=SINCE), Erp(tombstone(7), tombstone(key))))
    assert (caught.value.changes[0].code, caught.value.changes[0].path) == ("D57", "of.record")


def test_a_kind_that_is_absent_is_a_change() -> None:
    with pytest.raises(ApiChanged) as caught:
        list(drive(reader(deleting(), since=SINCE), Erp({"of": {"record": 7}})))
    assert (caught.value.changes[0].code, caught.value.changes[0].path) == ("D58", "status")


def test_what_the_list_showed_stays_as_it_was() -> None:
    alone = reader(deleting())
    list(drive(alone, Erp()))
    reading = reader(deleting(), since=SINCE)
    list(drive(reading, Erp(*map(tombstone, range(3)))))
    assert reading.facts == alone.facts


def test_being_throttled_there_is_waited_out() -> None:
    erp = Erp(tombstone(7))
    refusals = [reply({}, 429)]

    def server(request: Request) -> Reply:
        return refusals.pop() if "/gone" in request.url and refusals else erp(request)

    outcomes = list(drive(reader(deleting(), since=SINCE), server))
    assert any(isinstance(one, Throttled) for one in outcomes)
    assert pages(outcomes)[-1] == (True, [{"id": 7}])


def test_a_refused_list_of_tombstones_is_told() -> None:
    erp = Erp()

    def server(request: Request) -> Reply:
        return reply({"error": "no such field: id"}, 400) if "/gone" in request.url else erp(request)

    with pytest.raises(ApiChanged, match="/gone"):
        list(drive(reader(deleting(), since=SINCE), server))


def test_windows_are_read_before_them() -> None:
    windows = """\
windows:
  from: {setting: from_day}
  days: 10
  query: {start: {window: from, as: date}, end: {window: to, as: date}}
"""
    server = Recorder(Erp(tombstone(7)))
    found = pages(drive(reader(deleting(more=windows), since=SINCE), server))
    assert [gone for gone, _ in found] == [False, False, False, True]
    assert "start" not in server.lines[-1]


def test_where_each_record_has_a_request_of_its_own_tombstones_need_none() -> None:
    details = "details: {path: '/thing/{id}', path_parameters: {id: {record: id}}, request: {query: {}}}\n"
    erp = Erp(tombstone(7))

    def server(request: Request) -> Reply:
        key = request.url.rpartition("/")[2]
        return reply({"id": int(key), "name": "whole"}) if key.isdecimal() else erp(request)

    recorder = Recorder(server)
    found = pages(drive(reader(deleting(more=details), since=SINCE), recorder))
    changed = [record for gone, records in found for record in records if not gone]
    assert changed == [{"id": 1, "name": "whole"}, {"id": 2, "name": "whole"}]
    assert found[-1] == (True, [{"id": 7}])
    assert recorder.lines[-1].startswith("GET /v1/gone?")


def test_where_each_parent_has_a_list_there_is_one_list_of_tombstones() -> None:
    parent = "    parent: {type: object, properties: {id: {type: integer, sample: {sequence: 1}}}}\n"
    text = f"{STREAM}{parent}{DELETIONS}parents: {{path: /project, key: id}}\n".replace(
        "path: /thing\n", "path: '/project/{project}/thing'\npath_parameters: {project: {parent: id}}\n"
    )

    def server(request: Request) -> Reply:
        path, start = request.url.partition("?")[0], int(query_of(request)["from"])
        lists = {"project": [{"id": 51}, {"id": 52}], "gone": [tombstone(7)]}
        things = [{"id": 51}] if "/51/" in path else []
        found = lists.get(path.rpartition("/")[2], things)
        return reply({"items": found[start : start + 2], "total": len(found)})

    recorder = Recorder(server)
    position, found = None, []
    for _ in range(10):
        reading = reader(toy(stream=text), since=SINCE, position=position)
        request = reading.next_request()
        if request is None:
            break
        # Each reply is taken by another worker, which has to ask for the list of parents again.
        while (request := reading.next_request()) is not None:
            outcome = reading.receive(recorder(request))
            found += pages([outcome])
            position = reading.position()
            if isinstance(outcome, Page):
                break
    assert [record["id"] for gone, records in found for record in records if not gone] == [51]
    assert [records for gone, records in found if gone] == [[{"id": 7}]]
    assert recorder.lines[-1].startswith("GET /v1/gone?")
