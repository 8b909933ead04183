"""The table "what ours must reach" held against what was reached."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.drift.clean import CleanResult
from benchmarks.drift.cost import Cost
from benchmarks.drift.expected import MEANING, STRUCTURE
from benchmarks.drift.measures import Measures
from benchmarks.drift.pulled import PullCost
from benchmarks.drift.ratios import Ratio, rule_of_three
from benchmarks.drift.wire.trials import Trial

JUDGED_SIZE = 200
CONTRACT_BYTES = 256 * 1024
MOST_CPU = 0.1


@dataclass(frozen=True, slots=True)
class Bound:
    """One line of the table: what is measured, what has to be reached, what was."""

    measure: str
    wanted: str
    reached: str
    holds: bool


@dataclass(frozen=True, slots=True)
class Results:
    """Everything that was measured; ``same`` is False where the same input gave another verdict."""

    clean: CleanResult
    mutations: Measures
    wire: Sequence[Trial]
    costs: Sequence[Cost]
    pulls: Sequence[PullCost]
    same: bool
    compared: int


def bounds(found: Results) -> list[Bound]:
    """Return every line of the table."""
    return [*_recall(found), *_precision(found), *_other(found)]


def _recall(found: Results) -> list[Bound]:
    structure = found.mutations.recall(STRUCTURE)
    wrong = len(found.mutations.wrong_structure)
    asked = [trial for trial in found.wire if trial.asked_for]
    wire = Ratio(sum(trial.found for trial in asked), len(asked))
    spoilt = sum(bool(trial.wrong) for trial in asked)
    unsaid = sum(bool(trial.missing) and not trial.found for trial in asked)
    all_records = found.mutations.recall(MEANING, {JUDGED_SIZE}, 1.0)
    few_records = found.mutations.recall(MEANING, {JUDGED_SIZE}, 0.05)
    return [
        _share("found: structure on used paths, all sizes and shares", 1.0, structure),
        Bound("wrong records published after a change of structure", "0 cases", f"{wrong} cases", wrong == 0),
        _share("found: HTTP and paging", 1.0, wire),
        Bound("HTTP and paging: cases with wrong records", "0", f"{spoilt}", spoilt == 0),
        Bound("HTTP and paging: cases with records missing unsaid", "0", f"{unsaid}", unsaid == 0),
        _share(f"found: meaning, all of {JUDGED_SIZE} records", 0.95, all_records),
        _share(f"found: meaning, 5 % of {JUDGED_SIZE} records", 0.6, few_records),
    ]


def _precision(found: Results) -> list[Bound]:
    clean, mutations = found.clean, found.mutations
    right = mutations.right_blocks
    wrong = mutations.wrong_blocks + clean.blocked
    per_thousand = 1000 * clean.blocked / max(clean.runs, 1)
    at_most = 1000 * rule_of_three(clean.runs, clean.blocked)
    quiet = len(mutations.forbidden)
    return [
        _share("precision of blocking actions", 0.99, Ratio(right, right + wrong)),
        Bound(
            "false blocks per 1,000 clean runs",
            "at most 1",
            f"{per_thousand:.2f} ({clean.blocked} of {clean.runs:,}; with 95 % at most {at_most:.2f})",
            per_thousand <= 1,
        ),
        Bound("blocks for unused fields and open lists", "0", f"{quiet}", quiet == 0),
        _share("exact path named", 0.98, mutations.exact()),
    ]


def _other(found: Results) -> list[Bound]:
    size = found.clean.contract_bytes
    failures = len(found.clean.failed) + len(found.mutations.failed)
    return [
        Bound(
            "what it adds to the CPU of a pull, and takes of it",
            "at most 10 % (aim 5 %)",
            ", ".join(map(_cost, found.pulls)) or "not measured",
            all(pull.own <= MOST_CPU and pull.added <= MOST_CPU for pull in found.pulls),
        ),
        Bound("largest contract", "at most 256 KB", f"{size / 1024:.0f} KB", size <= CONTRACT_BYTES),
        Bound("same input, same verdict", "byte for byte", _same(found), found.same),
        Bound("a detector that failed itself", "0", f"{failures}", failures == 0),
    ]


def _cost(pull: PullCost) -> str:
    return f"{100 * pull.added:.1f} and {100 * pull.own:.1f} % {pull.what}"


def _same(found: Results) -> str:
    return f"{'yes' if found.same else 'NO'} ({found.compared} verdicts in two processes)"


def _share(measure: str, wanted: float, reached: Ratio) -> Bound:
    text = f"{reached} ({reached.hits:,} of {reached.total:,})"
    return Bound(measure, f"{100 * wanted:g} %", text, reached.share >= wanted)
