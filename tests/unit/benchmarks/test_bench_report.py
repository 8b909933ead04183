from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.__main__ import PARTS, REPORT, asked
from benchmarks.cold_start import heaviest
from benchmarks.peers.usage import Usage
from benchmarks.pipeline import Piped, piped_section, table
from benchmarks.report import Section, at_least, at_most, document
from benchmarks.workers import EMBEDDED

TOLD = """\
import time: self [us] | cumulative | imported package
import time:       120 |        120 |   _io
import time:      2000 |       2120 | json
import time:       500 |        500 |     yaml.reader
import time:      1500 |       2000 |   yaml
something else was said
import time:       900 |       2900 | sluice.model
"""


@pytest.mark.parametrize(
    ("goal", "reached", "holds"),
    [
        (at_most("x", 1.5, 1.5, " times"), "1.50 times", True),
        (at_most("x", 1.51, 1.5), "1.51", False),
        (at_least("x", 6, 6), "6.00", True),
        (at_least("x", 5.9, 6), "5.90", False),
        (at_least("x", None, 6), "—", None),
    ],
)
def test_a_goal_says_what_was_reached(goal: object, reached: str, holds: bool | None) -> None:
    assert (goal.reached, goal.holds) == (reached, holds)  # type: ignore[attr-defined]


def test_the_report_has_goals_machine_and_sections_with_their_commands() -> None:
    goals = (at_most("speed", 2.0, 1.0), at_least("size", None, 1.0))
    told = document([Section("Title", "make bench PARTS=x", "the text", goals)], "make bench")
    assert "| speed | at most 1 | 2.00 | missed |" in told
    assert "| size | at least 1 | — | not measured |" in told
    assert " cores" in told
    assert "## Title\n\n`make bench PARTS=x`\n\nthe text\n" in told


def test_packages_are_told_by_what_importing_them_took() -> None:
    assert heaviest(TOLD) == [("python", 2.12), ("yaml", 2.0), ("sluice", 0.9)]


def test_the_share_of_the_functions_is_without_the_embedded_aws() -> None:
    found = Piped(
        10,
        1.0,
        2.0,
        0.5,
        {EMBEDDED: 3.0, "transform": 5.0, "plan_run": 4.0},
        dict.fromkeys((EMBEDDED, "transform", "plan_run"), 70.0),
    )
    assert found.own == 9.0
    assert found.share == 0.75
    assert "| transform | 5.0 | 70 |" in table(found)


def test_the_pipeline_is_held_against_the_mean_of_dlt_before_and_after_it() -> None:
    found = Piped(
        10, 1.0, 6.0, 0.5, {EMBEDDED: 3.0, "transform": 9.0}, dict.fromkeys((EMBEDDED, "transform"), 70.0)
    )
    dlt = [Usage(3.0, 1.0, 5.0, 100.0), Usage(1.5, 0.5, 3.0, 100.0)]
    told = piped_section(found, dlt).text
    assert "in 4.0 s, 2.0 s of CPU" in told
    assert "3.00 times, with the embedded AWS 4.00 times; of its wall time (4.0 s) it was 1.50 times" in told
    assert "dlt" not in piped_section(found, []).text


def test_what_is_asked_for_is_checked(capsys: pytest.CaptureFixture[str]) -> None:
    assert asked([]).parts == tuple(PARTS)
    assert asked([]).out == REPORT == Path(".sluice/bench/report.md")
    given = asked(["--records", "10", "--parts", "start,peers"])
    assert given.parts == ("peers", "start")
    assert given.command == "make bench RECORDS=10 TURNS=3 PARTS=peers,start"
    with pytest.raises(SystemExit):
        asked(["--parts", "speed"])
    assert "parts are peers, memory" in capsys.readouterr().err
