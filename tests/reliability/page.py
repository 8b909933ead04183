"""docs/reliability.md, made from the catalogue: invariants, faults and inputs, and what shows each."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterable, Sequence

from tests.reliability import catalogue, edges
from tests.reliability.catalogue import Row, Standing

PAGE = "docs/reliability.md"

_PREFACE = """\
# Reliability

Made from [tests/reliability](../tests/reliability) by `make generate`: the faults that Sluice has to
survive, the inputs that it has to judge, and the tests that show each. A test is named where it brings the
fault about, or gives the input, and asserts what must hold.
[tests/law/test_reliability.py](../tests/law/test_reliability.py) holds that each of them is there and is run.

"""
_HOW = """\
## How to run them

| what | command |
|---|---|
| all that is named here but what lies in `tests/live/`: of places and examples a part | `make test` |
| every place and every example | `make test-thorough` (`PART=1/6` for a sixth) |
| what lies in `tests/live/`: real workers, killed, on the embedded AWS | `make test-live` |
| a fault at every call in every way, then 10,000 executions under a mix of faults, by seed | `make chaos` |
| a million spoilt replies, a hundred thousand spoilt manifests, by seed | `make fuzz` |
| one test | `.venv/bin/pytest PATH::NAME` |

`make chaos`, whole, on 2026-11-23, seed 1, 34 minutes beside other work: 7,450 places struck one by one,
10,000 runs by seed, in all 20,763 executions under 36,649 faults, 8.4 million calls of ports, 315,259
versions published; then 33 real workers killed in 12 runs. **0 lost, 0 doubled, 0 out of order.** 2,329
events came again under their id, 60 versions after a later one, as standard queues may do.

"""
_VERDICTS = """\
A verdict says what becomes of the input: **reject**, with what came and what would have been right;
**quarantine**, the record is set aside and the others go on; **accept exactly**, as it came; **normalise**,
into the one form that is documented.
"""
_EDGES = """\
## Edges of the state machines

Every way out of every state: the Catch for each error, each rule and the Default of a Choice, each rule of a
Retry. A case counts where it ends at the edge once that is cut; a Retry where the Task is tried as often as
it says, for each of its errors. [All of them, with their cases](../tests/reliability/edges.md).
"""
_WIDTH = 118


def page() -> str:
    """Return the document as Markdown."""
    faults, inputs = catalogue.faults(), catalogue.inputs()
    return "\n".join(
        [
            _PREFACE + _counts(faults, inputs),
            "## What must hold",
            "",
            *(_item(f"**{name}** {says}") for name, says in catalogue.invariants().items()),
            "",
            _HOW + "## Faults",
            "",
            *_table("fault", "holds", faults),
            "",
            "## Inputs",
            "",
            _VERDICTS,
            *_table("input", "verdict", inputs),
            "",
            _EDGES,
            *edges.summary(),
            "",
        ]
    )


def _counts(*parts: Sequence[Row]) -> str:
    lines = [
        "| | shown | of these, a part elsewhere | cannot be shown here | open |",
        "|---|---|---|---|---|",
    ]
    for name, rows in zip(("faults", "inputs"), parts, strict=True):
        found = Counter(row.standing for row in rows)
        parted = sum(row.standing is Standing.SHOWN and bool(row.elsewhere) for row in rows)
        shown, *others = (found[standing] for standing in Standing)
        lines.append(f"| {name} | {' | '.join(map(str, (shown, parted, *others)))} |")
    return "\n".join(lines) + "\n"


def _table(kind: str, must: str, rows: Iterable[Row]) -> list[str]:
    return [f"| | {kind} | {must} | what shows it |", "|---|---|---|---|", *map(_row, rows)]


def _row(row: Row) -> str:
    what = " ".join(filter(None, (row.what, f"*{row.then}*" if row.then else "")))
    shown = [", ".join(map(_link, row.tests))] if row.tests else []
    if row.elsewhere:
        shown.append(f"elsewhere: {row.elsewhere}")
    if row.open:
        shown.append(f"**open**: {row.open}")
    return f"| {row.id} | {_cell(what)} | {', '.join(row.must)} | {_cell('; '.join(shown))} |"


def _link(test: str) -> str:
    path, _, name = test.partition("::")
    return f"[{name.rpartition('::')[2].removeprefix('test_').replace('_', ' ')}](../{path})"


def _cell(words: str) -> str:
    return words.replace("|", "\\|")


def _item(words: str) -> str:
    return textwrap.fill(words, _WIDTH, initial_indent="- ", subsequent_indent="  ", break_on_hyphens=False)
