"""The examination of one window, whose records somebody goes through while they are examined."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from sluice.contract.observation import Observation
from sluice.contract.records.expected import Expected
from sluice.model.change import Change

TOGETHER = 100
"""Records that are held against the type at once: few enough to be in the processor's cache still."""


class Finding(Struct, frozen=True):
    """What a window showed: ``changes``, the strongest first, and what to learn from it if it is good.

    ``aside`` names, by index, the records that changes touch, with the indices of those changes: the ones to
    set aside where such a change asks for quarantine. Those are not in ``observation``. ``failed`` says which
    detector failed, empty where all worked.
    """

    changes: tuple[Change, ...]
    aside: Mapping[int, tuple[int, ...]]
    observation: Observation
    failed: str = ""


class Examination:
    """Goes through the records of a window once, and then says what they show.

    Records are held against what is known right after they were handed out: whoever mapped them left them in
    the processor's cache, where a pass of its own over the window would fetch each from memory once more.
    """

    def __init__(
        self, records: Sequence[Any], expected: Expected | None, conclude: Callable[[bool], Finding]
    ) -> None:
        """Examine ``records``; ``conclude`` is told whether all of them were as ``expected``."""
        self.expected = expected
        self.conclude = conclude
        self._parts: Iterator[Sequence[Any]] = (
            list(records[start : start + TOGETHER]) for start in range(0, len(records), TOGETHER)
        )

    def __iter__(self) -> Iterator[Any]:
        """Yield every record; raises nothing for whatever records."""
        for part in self._parts:
            yield from part
            self.hold(part)

    def hold(self, part: Sequence[Any]) -> None:
        """Hold some records against what is expected; what they do not fit is expected no more."""
        if self.expected is not None and not self.expected.holds(part):
            self.expected = None

    def passed(self) -> None:
        """Say that all of the records were decoded as ``expected``: none is held against it again."""
        self._parts = iter(())

    def finding(self) -> Finding:
        """Return what the records show; those that nobody went through are looked at now."""
        for part in self._parts:
            self.hold(part)
        return self.conclude(self.expected is not None)
