"""Why a message, or one event of it, is refused. The words are stable: alarms and people count on them."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """What is wrong; which of them are a matter of security says :attr:`Refused.security`."""

    NOT_JSON = "not_json"
    ENCODED = "encoded"
    CLAIM_CHECK = "claim_check"
    NOT_AN_EVENT = "not_an_event"
    INCOMPLETE = "incomplete"
    NEWER_SCHEMA = "newer_schema"
    UNKNOWN_SCHEMA = "unknown_schema"
    WRONG_CONNECTION = "wrong_connection"
    ALTERED = "altered"
    VERSION_TAKEN = "version_taken"
    ID_TAKEN = "id_taken"


SECURITY = frozenset({Reason.WRONG_CONNECTION, Reason.ALTERED, Reason.VERSION_TAKEN, Reason.ID_TAKEN})
"""Reasons that no fault of Sluice's makes: somebody else wrote this, or changed it."""


_MOST_SIGNS = 500
"""A name that came in a message may be of any length, and stands in the logs."""


class Refused(ValueError):
    """A message or an event that is not to be taken, now or ever; as it is, it ends with the dead letters.

    The message says what came and what would have been right, and nothing of what a record holds.
    """

    def __init__(self, reason: Reason, detail: str) -> None:
        detail = detail if len(detail) <= _MOST_SIGNS else f"{detail[:_MOST_SIGNS]}..."
        super().__init__(f"{detail} [{reason}]")
        self.reason = reason
        self.detail = detail

    @property
    def security(self) -> bool:
        """Whether a person who looks after security has to hear of it."""
        return self.reason in SECURITY
