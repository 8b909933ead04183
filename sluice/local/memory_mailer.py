"""Mailer in memory: keeps what was sent, oldest first; fails as often as it is told to."""

from __future__ import annotations

from sluice.ports.mailer import Mail, MailFailed


class MemoryMailer:
    """``mails`` are those that were taken; the next ``failures`` are not."""

    def __init__(self, failures: int = 0) -> None:
        self.mails: list[Mail] = []
        self.failures = failures

    def send(self, mail: Mail) -> None:
        """Keep the mail; raises MailFailed."""
        if self.failures:
            self.failures -= 1
            raise MailFailed("the post office is closed")
        self.mails.append(mail)
