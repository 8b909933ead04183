"""From when to when a listing is: a day, or a time in UTC. Whoever wrote another word is told so."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime

from sluice.errors import ConfigurationInvalid
from sluice.faults import Fault

DAY_OR_TIME = r"^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}Z)?$"

_RIGHT = "a day (2026-11-21) or a time in UTC (2026-11-21T08:00:00Z)"


def check_period(wanted: Mapping[str, str], what: str) -> None:
    """Raise ConfigurationInvalid where ``since`` or ``until`` is given and no day and no time of a calendar.

    ``what`` names what is listed, in the plural.
    """
    faults = [
        Fault("not_a_time", name, f"{wanted[name]!r} is no day and no time; right would be {_RIGHT}")
        for name in ("since", "until")
        if wanted.get(name) and not _is_day_or_time(wanted[name])
    ]
    if faults:
        raise ConfigurationInvalid(f"{what} cannot be listed by this", faults)


def _is_day_or_time(text: str) -> bool:
    if re.match(DAY_OR_TIME, text) is None:
        return False
    with suppress(ValueError):
        datetime.fromisoformat(text)
        return True
    return False
