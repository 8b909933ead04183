"""A difference: what the values of one path show in a window that they did not show before.

It is no judgement: severity and action come from the table of kinds, given whether the path is used.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct, field

_UNMISTAKABLE = 1.5
"""Decades of a unit's shift that new ids do not make of themselves."""


class Difference(Struct, frozen=True):
    """One difference at one path.

    ``code`` is the kind of change (``D63``), ``before`` and ``after`` short texts without personal data,
    ``share`` the affected share of the window's values (0..1), ``evidence`` JSON values. ``certain``: strong
    enough to act on as the table says; otherwise it is only to be told (notify), because natural
    variation may look the same. ``values`` are the raw new members of a code list (D55, D56, D67), by which
    the records that hold them are found; they are not for showing unless ``after`` shows them.
    """

    code: str
    before: str
    after: str
    share: float
    evidence: dict[str, Any] = field(default_factory=dict)
    certain: bool = True
    values: tuple[str, ...] = ()

    @property
    def may_be_of_ids(self) -> bool:
        """Whether whole numbers may differ as new ids do: these have no sign and no unit, and are not 0."""
        unit = "unit" in self.evidence and abs(self.evidence.get("decades", 0.0)) >= _UNMISTAKABLE
        return not unit and self.code not in {"D52", "D54", "D64"}
