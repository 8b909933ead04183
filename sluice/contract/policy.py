"""What is done about a change: the built-in actions, and a connection's own choices over them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from sluice.model.change import Action, Change

_ORDER = list(Action)
_GOES_ON = {Action.GO_ON, Action.NOTIFY, Action.QUARANTINE}


def with_policy(change: Change, policy: Mapping[str, str]) -> Change:
    """Return the change with the action that the connection's policy (code -> action) gives it, if any."""
    chosen = policy.get(change.code)
    return replace(change, action=Action(chosen)) if chosen else change


def strongest(changes: Iterable[Change]) -> Action:
    """Return the strongest action of these changes; GO_ON where there are none."""
    return max((change.action for change in changes), key=_ORDER.index, default=Action.GO_ON)


def goes_on(action: Action) -> bool:
    """Return whether the stream may be handed over under this action."""
    return action in _GOES_ON
