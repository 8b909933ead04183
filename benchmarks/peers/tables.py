"""What readers took as a Markdown table, and the ratios that it holds."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.peers.turns import Reading

BY_HAND, OURS = "handwritten", "sluice"
_HEAD = (
    "| reader | what it does | user CPU, s | of by hand | of the fastest peer | system CPU, s | starting, s "
    "| after it, µs a record | wall, s | peak, MB |\n|---|---|---|---|---|---|---|---|---|---|"
)


def table(readings: Sequence[Reading]) -> str:
    """Return a row for each reader; a ratio is of user CPU, — where there is nothing to hold it against."""
    hand, fastest = by_hand(readings), fastest_peer(readings)
    return "\n".join([_HEAD, *(_row(one, hand, fastest) for one in readings)])


def by_hand(readings: Sequence[Reading]) -> Reading | None:
    """Return what the script by hand took, None where it did not take part."""
    return next((one for one in readings if one.peer.name == BY_HAND), None)


def fastest_peer(readings: Sequence[Reading]) -> Reading | None:
    """Return what the quickest of the other tools took, by user CPU; None where none took part."""
    others = [one for one in readings if one.peer.is_other]
    return min(others, key=lambda one: one.whole.user, default=None)


def ratio(one: Reading | None, other: Reading | None) -> float | None:
    """Return how many times the user CPU of the other one it took; None without both."""
    if one is None or other is None or not other.whole.user:
        return None
    return one.whole.user / other.whole.user


def shown(number: float | None) -> str:
    """Return a ratio with two places."""
    return "—" if number is None else f"{number:.2f}"


def _row(one: Reading, hand: Reading | None, fastest: Reading | None) -> str:
    whole = one.whole
    ratios = [shown(ratio(one, other)) for other in (hand, fastest)]
    figures = [f"{whole.system:.2f}", f"{one.few.user:.2f}", f"{one.each:.1f}", f"{whole.wall:.1f}"]
    cells = [one.peer.name, one.peer.does, f"{whole.user:.2f}", *ratios, *figures, f"{whole.peak_mb:.0f}"]
    return f"| {' | '.join(cells)} |"
