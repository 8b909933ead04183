"""Raises ApiChanged for what the engine itself sees: statuses, envelopes, paging, filters, order.

Every change from here stops its stream, since the page behind it cannot be handed on; what else is done about
it is judged elsewhere (sluice.contract).
"""

from __future__ import annotations

from typing import Any

from sluice.errors import ApiChanged
from sluice.model.change import Action, Change
from sluice.model.change_kinds import KINDS


def api_changed(code: str, message: str, path: str, seen: tuple[str, str], **evidence: Any) -> ApiChanged:
    """Return the error for one change; ``seen`` is (before, after), short texts without secrets.

    Severity and action are the table's for a path that is used; an action that would go on is a hold here.
    Raises KeyError for a code that does not exist.
    """
    kind = KINDS[code]
    action = kind.used.action if kind.used.action is Action.FAIL else Action.HOLD
    before, after = seen
    change = Change(code, kind.name, path, before, after, kind.used.severity, action, evidence=evidence)
    return ApiChanged(f"{message} [{code} {kind.name}]", [change])
