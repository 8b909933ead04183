"""What people ask is right wherever a compaction dies, and once another one has gone on from there."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from sluice.lake import holding
from sluice.lake.database import open_lake
from sluice.lake.folder import path_in
from sluice.lake.layout import read_key
from tests.effort import some, thorough
from tests.flows.housekeeping.rig import ENTITY, LakeRig

pytestmark = [thorough, pytest.mark.timeout(300)]

MORE_THAN_THERE_ARE = 40


def _filled() -> LakeRig:
    """Return a lake with a compacted month and with fresh events: late, repeated, deleted, of two months."""
    rig = LakeRig()
    late, first = rig.event("1", 1), rig.event("2", 1)
    rig.write(first, rig.event("3", 1))
    rig.compact()
    rig.clock.advance(timedelta(days=10).total_seconds())
    rig.write(rig.event("1", 2), first)
    rig.write(late, rig.event("2", 2, is_deleted=True))
    rig.write(rig.event("4", 1))
    return rig


def _asked(rig: LakeRig, folder: Path) -> tuple[list[str], dict[str, str]]:
    """Return the history's ids and the records that there are, as the views give them."""
    for key in rig.store.keys("lake/"):
        file = read_key(key)
        assert file is not None
        path_in(folder, file).parent.mkdir(parents=True, exist_ok=True)
        rig.store.get_file(key, path_in(folder, file))
    schema = rig.world.catalog.canonical.entity(ENTITY).schema
    with closing(open_lake(folder, {ENTITY: schema})) as database:
        ids = database.execute(f"SELECT event_id FROM {ENTITY}_history ORDER BY ALL").fetchall()  # noqa: S608
        records = database.execute(f"SELECT source_id, name FROM {ENTITY}").fetchall()  # noqa: S608
    assert len(dict(records)) == len(records)
    return [row[0] for row in ids], dict(records)


def test_the_views_are_right_wherever_it_dies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(holding, "MOST_SMALL", 1)
    deaths = 0
    # Every second step: what is there after one is there before the next.
    places = some(range(1, MORE_THAN_THERE_ARE, 2), 6)
    for at in places:
        rig = _filled()
        expected = (sorted(rig.ids), {"1": "1 2", "3": "3 1", "4": "4 1"})
        died = rig.crash(at)
        assert _asked(rig, tmp_path / f"{at}-dead") == expected
        rig.compact()
        assert _asked(rig, tmp_path / f"{at}-again") == expected
        if not died:
            break
        deaths += 1
    assert len(places) // 2 <= deaths < len(places)
