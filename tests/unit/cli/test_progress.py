from __future__ import annotations

import pytest

from sluice.cli.progress import in_one_line, watch

READING = {"stream": "customer", "state": "reading", "fetched": 500, "published": 0}
SYNCED = {"stream": "customer", "state": "synced", "fetched": 1000, "published": 10, "unchanged": 990}


def test_without_a_terminal_each_change_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    last = watch([[], [READING], [READING], [SYNCED]])
    assert last == [SYNCED]
    assert capsys.readouterr().err.splitlines() == [
        "customer: reading, 500 fetched",
        "customer: synced, 1000 fetched, 10 published, 990 unchanged",
    ]


def test_a_note_ends_the_line() -> None:
    assert in_one_line({"stream": "order", "state": "held", "note": "sluice changes show 1f"}) == (
        "order: held, sluice changes show 1f"
    )
