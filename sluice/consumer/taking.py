"""A message, taken whole: what of it cannot be taken brings the message again, and spares its neighbours."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from sluice.consumer.event import Event
from sluice.consumer.refusal import Refused

Take = Callable[[Event], object]
"""What a team does with an event. It may be given the same event again, an older one, and many at once."""


class OutOfTime(Exception):
    """The invocation ends soon: what is left comes again, and nothing of it has been begun."""


class NotTaken(Exception):
    """Some events of a message were not taken: the message is to come again, or to end with the dead letters.

    ``failures`` are (what the event is called, why), at least one, in the order of the message.
    """

    def __init__(self, failures: Sequence[tuple[str, Exception]]) -> None:
        first = "; ".join(f"{place}: {type(why).__name__}" for place, why in failures[:3])
        more = f" and {len(failures) - 3} more" if len(failures) > 3 else ""
        super().__init__(f"{len(failures)} not taken: {first}{more}")
        self.failures = tuple(failures)

    @property
    def security(self) -> bool:
        """Whether one of them is a matter of security."""
        return any(isinstance(why, Refused) and why.security for _, why in self.failures)


def take_all(
    events: Iterable[Event | Refused], take: Take, is_late: Callable[[], bool] = lambda: False
) -> None:
    """Give each event to ``take``; one that fails keeps none of the others from being taken.

    Raises NotTaken with all that failed: then the message is not to be deleted. Those that were taken are
    given to ``take`` again when it comes back, which is why that has to bear repeats. Raises OutOfTime
    before an event where ``is_late`` says so.
    """
    failures: list[tuple[str, Exception]] = []
    for number, event in enumerate(events, start=1):
        if is_late():
            raise OutOfTime(f"{number - 1} events were taken; the rest comes again")
        if isinstance(event, Refused):
            failures.append((f"event {number}", event))
            continue
        try:
            take(event)
        except Exception as failed:  # noqa: BLE001 - told by whoever catches NotTaken
            failures.append((event.place, failed))
    if failures:
        raise NotTaken(failures)
