"""What came of it all, as a table that a person reads in half a minute."""

from __future__ import annotations

from collections import Counter

from tests.chaos.soak import Told


def table(told: Told, cases: int, broken: int) -> str:
    """Return the table."""
    kinds: Counter[str] = Counter()
    calls: dict[str, Counter[str]] = {}
    for (call, kind), number in told.met.items():
        kinds[kind] += number
        calls.setdefault(call, Counter())[kind] += number
    named = sorted(kinds)
    rows = [
        ("executions under faults", f"{told.executions:,}"),
        ("executions that made good", f"{told.closing:,}"),
        ("calls of ports", f"{told.calls:,}"),
        ("places struck one by one", f"{cases:,}"),
        ("faults", f"{sum(kinds.values()):,}"),
        *((f"  {kind}", f"{kinds[kind]:,}") for kind in named),
        *((f"messages {kind}", f"{number:,}") for kind, number in sorted(told.messages.items())),
        ("edits in the ERP", f"{told.edits:,}"),
        ("versions published", f"{told.upserts:,} and {told.deletes:,} deletes"),
        ("events that came again, under their id", f"{told.twice:,}"),
        ("versions that came after a later one", f"{told.late_versions:,}"),
        ("incidents, each told by one notice", f"{told.incidents:,}"),
        ("notices of all kinds", f"{told.notices:,}"),
        ("ends", ", ".join(f"{end} {number:,}" for end, number in told.ends.most_common())),
    ]
    width = max(len(name) for name, _ in rows)
    lines = [f"{name:{width}}  {value}" for name, value in rows if told.executions]
    if calls:
        lines += ["", _by_call(calls, named)]
    lines += ["", "0 lost, 0 doubled, 0 out of order" if not broken else f"{broken} promises broken"]
    return "\n".join(lines)


def _by_call(calls: dict[str, Counter[str]], kinds: list[str]) -> str:
    width = max(len(call) for call in calls)
    head = f"{'faults by call':{width}}  " + "  ".join(kinds)
    rows = [
        f"{call:{width}}  " + "  ".join(f"{found[kind] or '-':>{len(kind)}}" for kind in kinds)
        for call, found in sorted(calls.items())
    ]
    return "\n".join([head, *rows])
