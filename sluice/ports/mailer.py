"""Port: mail out. Nothing here knows SES."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from msgspec import Struct, field

from sluice.model.structs import shown


class MailFailed(Exception):
    """The mail was not taken; the message says why, without what the mail says. Trying again may help."""


class Mail(Struct, frozen=True):
    """One mail to one address, with a text and an HTML part; ``headers`` beside those of every mail."""

    to: str
    subject: str
    text: str
    html: str
    headers: Mapping[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        return shown(self, without={"text", "html"})


class Mailer(Protocol):
    """Sends mail, from the one address that the deployment sends from."""

    def send(self, mail: Mail) -> None:
        """Hand the mail over; raises :class:`MailFailed`."""
