"""Every kind of change that an ERP's API can go through: how it is seen, how much it matters, what is done.

This table is what the detectors judge by and what docs/api-changes.md is generated from. It detects nothing.
"""

from __future__ import annotations

from sluice.model.change import Change
from sluice.model.change_kinds.fields import FIELD_KINDS
from sluice.model.change_kinds.kind import Judgement, Kind, Seen
from sluice.model.change_kinds.lists import LIST_KINDS
from sluice.model.change_kinds.replies import REPLY_KINDS

__all__ = ["KINDS", "Judgement", "Kind", "Seen", "change_of"]

_ALL = (*REPLY_KINDS, *LIST_KINDS, *FIELD_KINDS)
KINDS: dict[str, Kind] = {kind.code: kind for kind in sorted(_ALL, key=lambda kind: kind.code)}
"""By code, in the order of the codes."""


def change_of(
    code: str, path: str, seen: tuple[str, str], used_by: tuple[str, ...] = (), *, share: float = 1.0
) -> Change:
    """Return a change of this kind, judged by whether its path is used; ``seen`` is (before, after).

    For what is no field of a record (a status, the list itself) name in ``used_by`` what relies on it, such
    as the entity. Raises KeyError for a code that does not exist.
    """
    kind = KINDS[code]
    judged = kind.judged(used=bool(used_by))
    before, after = seen
    return Change(
        code, kind.name, path, before, after, judged.severity, judged.action, share=share, used_by=used_by
    )
