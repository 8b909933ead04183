"""Mailer on SES: the mail travels as fields, SES writes its headers.

Nothing is tried again here, nor by botocore: SES sends a mail as often as it is asked to. Whoever has it sent
again later (sluice.usecases.telling.people.deliver) does so with growing waits, and may send it twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from sluice.aws.client_error import code_of, message_of
from sluice.ports.mailer import Mail, MailFailed


class MailClient(Protocol):
    """What is used of boto3's client of SES, version 2 of its API."""

    def send_email(self, **request: Any) -> Mapping[str, Any]:
        """Send a mail."""


class SesMailer:
    """Sends from ``sender``, an address or domain that SES knows as ours."""

    def __init__(self, client: MailClient, sender: str) -> None:
        self._client = client
        self._sender = sender

    def send(self, mail: Mail) -> None:
        """Hand the mail over; raises MailFailed."""
        simple = {
            "Subject": _content(mail.subject),
            "Body": {"Text": _content(mail.text), "Html": _content(mail.html)},
            "Headers": [{"Name": name, "Value": value} for name, value in mail.headers.items()],
        }
        try:
            self._client.send_email(
                FromEmailAddress=self._sender,
                Destination={"ToAddresses": [mail.to]},
                Content={"Simple": simple},
            )
        except ClientError as error:
            raise MailFailed(f"SES: {code_of(error)}: {message_of(error)[:200]}") from error
        except BotoCoreError as error:
            raise MailFailed(f"SES did not answer: {type(error).__name__}") from error


def _content(text: str) -> dict[str, str]:
    return {"Data": text, "Charset": "UTF-8"}
