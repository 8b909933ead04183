"""Records that wait: the quarantine in pages, redacted, replayed in part; a patch tried on those held."""

from __future__ import annotations

import pytest

from sluice.bootstrap.documents import catalog
from sluice.errors import ConfigurationInvalid
from sluice.mapping.canonical import CanonicalModel
from sluice.usecases.deciding.changes import list_changes
from sluice.usecases.fetching import chunk_writer
from sluice.usecases.operating.change_preview import preview_patch
from sluice.usecases.operating.quarantine import (
    find_quarantined,
    list_quarantined,
    page_quarantined,
    redacted,
)
from sluice.usecases.operating.redaction import MASK, masked_data
from sluice.usecases.replay.starting import replay_records
from tests.flows.replay.replaying import begun, mend, quarantined, rename, replay_all, with_bad
from tests.flows.rig import CATALOG, Rig

BAD = (("customer", 3), ("customer", 8), ("customer", 24), ("department", 4))


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunk_writer, "MAX_RECORDS", 15)


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 50])
def test_the_pages_give_every_record_once(limit: int) -> None:
    rig = with_bad(begun(), *BAD)
    seen: list[str] = []
    after = None
    while True:
        page = page_quarantined(rig.world, "acme", after=after, limit=limit)
        assert len(page.items) <= limit
        seen += [one.id for one in page.items]
        if (after := page.after) is None:
            break
    assert len(seen) == len(set(seen)) == 4
    assert set(seen) == {one.id for one in list_quarantined(rig.world, "acme")}


def test_a_page_is_of_one_stream_and_reads_no_other() -> None:
    rig = with_bad(begun(), *BAD)
    page = page_quarantined(rig.world, "acme", "department")
    assert [one.source_id for one in page.items] == ["4"]


def test_one_record_is_found_by_its_id() -> None:
    rig = with_bad(begun(), *BAD)
    for one in list_quarantined(rig.world, "acme"):
        assert find_quarantined(rig.world, "acme", one.stream, one.id) == one
    assert find_quarantined(rig.world, "acme", "customer", "run-0001.000000.nobody") is None
    assert find_quarantined(rig.world, "acme", "customer", "..") is None


def test_a_viewer_sees_no_value_that_may_be_personal() -> None:
    rig = with_bad(begun(), ("customer", 3))
    (one,) = list_quarantined(rig.world, "acme")
    changed = {**one.record, "name": "Kari Nordmann", "phone": "+47 99 99 99 99", "born": {"year": 1970}}
    shown = redacted(rig.world, type(one)(**{**_fields(one), "record": changed}))
    assert shown.record["id"] == 3
    assert (shown.record["phone"], shown.record["born"]) == (MASK, {"year": MASK})
    assert "99" not in str(shown.record)
    assert shown.faults == one.faults


def _fields(one: object) -> dict[str, object]:
    return {name: getattr(one, name) for name in one.__struct_fields__}  # type: ignore[attr-defined]


def test_every_personal_field_of_the_model_is_masked_and_no_other() -> None:
    model: CanonicalModel = catalog().canonical
    for name in model.names():
        entity = model.entity(name)
        data = {field: f"value of {field}" for field in entity.fields} | {"extensions": {"a": "b"}}
        shown = masked_data(data, entity)
        assert shown is not None
        for field, found in entity.fields.items():
            if field == "extensions":
                assert shown[field] == {"a": MASK}
            else:
                assert shown[field] == (MASK if found.personal else data[field])


def test_some_records_are_replayed_and_the_others_stay() -> None:
    rig = with_bad(begun(), *BAD)
    _mend_quietly(rig)
    name = replay_records(rig.world, ("acme", "customer"), ["3", "24"])
    assert name is not None
    before = len(rig.consumer.events)
    (found,) = replay_all(rig)
    assert (found["outcome"], found["left"]) == ("replayed", 1)
    assert sorted(event["data"]["source_id"] for event in rig.consumer.events[before:]) == ["24", "3"]
    assert quarantined(rig) == [("customer", "8"), ("department", "4")]


def _mend_quietly(rig: Rig) -> None:
    """Mend the customers' mapping and take their change as right, without the replay that follows."""
    mend(rig, "customer")
    for name in list(rig.world.replays._kept):  # type: ignore[attr-defined]
        del rig.world.replays._kept[name]  # type: ignore[attr-defined]


def test_nothing_is_replayed_of_a_stream_without_quarantine() -> None:
    rig = with_bad(begun(), ("customer", 3))
    assert replay_records(rig.world, ("acme", "department"), ["4"]) is None
    with pytest.raises(ConfigurationInvalid, match="no connection"):
        replay_records(rig.world, ("nobody", "customer"), ["3"])


def test_a_patch_is_tried_on_the_records_that_wait() -> None:
    rig = begun()
    rename(rig, name="title")
    for key in (3, 26):
        rig.erp.put("department", key, f"Ny {key}")
    rig.run()
    (incident,) = [one for one in list_changes(rig.world) if (one.change or {})["code"] == "D44"]
    objects = dict(rig.world.objects._objects)  # type: ignore[attr-defined]
    found = preview_patch(rig.world, incident, 3)
    assert "title" in found.mapping
    assert len(found.records) == 3
    for one in found.records:
        assert one.before is None or "name" not in one.before or one.before["name"] is None
        assert one.after is not None
        assert one.after["name"]
        assert one.after_faults == ()
    assert rig.world.objects._objects == objects, "a preview stores nothing"  # type: ignore[attr-defined]


def test_a_change_without_suggestion_has_no_preview() -> None:
    rig = with_bad(begun(), ("customer", 3))
    (other,) = list_changes(rig.world)
    with pytest.raises(ConfigurationInvalid, match="suggests no patch"):
        preview_patch(rig.world, other)


def test_the_toys_model_is_the_deployed_one() -> None:
    assert CATALOG.canonical.names() == catalog().canonical.names()
