"""Port: mail out. Nothing here knows SES."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


class MailFailed(Exception):
    """The mail was not taken; the message says why, without what the mail says. Trying again may help."""


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail to one address, with a text and an HTML part; ``headers`` beside those of every mail."""

    to: str
    subject: str
    text: str = field(repr=False)
    html: str = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)


class Mailer(Protocol):
    """Sends mail, from the one address that the deployment sends from."""

    def send(self, mail: Mail) -> None:
        """Hand the mail over; raises :class:`MailFailed`."""
